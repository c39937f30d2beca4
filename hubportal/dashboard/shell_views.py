"""Small acts of the frame itself."""

from typing import Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from hubportal.dashboard.context import THEMES

YEAR: Final = 365 * 24 * 60 * 60


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember the colours chosen in the footer in a cookie and go back to the page one came from."""
    response = HttpResponseRedirect(_back(request))
    choice = request.POST.get("theme", "")
    if choice in THEMES:
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie("theme", choice, max_age=YEAR, secure=secure, httponly=True, samesite="Lax")
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response


def _back(request: HttpRequest) -> str:
    """Return the path to go back to; only a path of this site, never another host."""
    path = request.POST.get("next", "")
    own = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if own else reverse("home")
