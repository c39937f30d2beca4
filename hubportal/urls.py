"""Every address of the portal; each app brings its own, by name."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from hubportal import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    # The issuer of identities leads back to one address, whatever the language.
    path("identity/", include("hubportal.accounts.identity.urls")),
    *i18n_patterns(
        path("", include("hubportal.dashboard.urls")),
        path("", include("hubportal.accounts.urls")),
        path("communes/", include("communes.urls")),
        path("conventions/", include("conventions.urls")),
        path("requests/", include("spoc.urls")),
        path("mailings/", include("mailings.urls")),
    ),
]
if settings.DEMO:
    urlpatterns += [path("demo/", include("hubportal.accounts.demo_urls"))]

handler400 = "hubportal.dashboard.errors.bad_request"
handler403 = "hubportal.dashboard.errors.permission_denied"
handler404 = "hubportal.dashboard.errors.page_not_found"
# Not Django's: allauth asks for it.
handler429 = "hubportal.dashboard.errors.too_many_requests"
handler500 = "hubportal.dashboard.errors.server_error"
