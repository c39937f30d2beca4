"""Addresses of the frame: home, the colours, and the pages that anybody may read."""

from django.urls import path

from hubportal.dashboard import pages, shell_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("theme/", shell_views.theme, name="theme"),
    path("help/", pages.Page.as_view(template_name="pages/help.html"), name="help"),
    path("accessibility/", pages.AccessibilityStatement.as_view(), name="accessibility"),
    path("privacy/", pages.PrivacyNotice.as_view(), name="privacy"),
    path("privacy/register/", pages.RegisterOfProcessing.as_view(), name="register"),
    path("legal/", pages.Page.as_view(template_name="pages/legal.html"), name="legal"),
]
