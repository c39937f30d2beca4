"""What holds for each request of a person: their session lives on while it is used; without any right today it opens
nothing, and the journal has it; a role asks for a second factor."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from hubportal.access.middleware import RightsRequiredMiddleware
from hubportal.access.typed import words
from hubportal.accounts import factors, sessions
from hubportal.accounts.models import User
from hubportal.accounts.refusals import NO_RIGHTS, journal_refusal

OPEN: Final = frozenset(
    {"account_logout", "account_reauthenticate", "accounts:fresh-code", "accounts:app-picture", "theme"}
)
"""What opens before the second factor was given, besides the pages that set one up and those that anybody may read."""


class LiveSessionMiddleware:
    """Notes that a session is used; of a page that asks nothing of it, such as a file of the look, nothing is noted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        response = self.get_response(request)
        if request.session.accessed and SESSION_KEY in request.session:
            sessions.touch(request)
        return response


class JournalledRightsMiddleware(RightsRequiredMiddleware):
    """Writes in the journal, once a session and day, that somebody without any right today was refused."""

    def refuse(self, request: HttpRequest) -> HttpResponseBase:
        """Write it down, and answer."""
        journal_refusal(request, reason=NO_RIGHTS)
        return super().refuse(request)


class SecondFactorMiddleware:
    """Opens nothing to a person with a role whose session has no second factor but the pages to give or get one.

    Whether it has is read from the session; roles are asked for by every page, and together with the other rights.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Lead to the second factor, unless it was given, is not asked for, or the page is one of those that open.

        What somebody wrote whose factor is gone meanwhile is shown to be copied.
        """
        user = request.user
        if (
            not isinstance(user, User)
            or _is_open(request, view)
            or not user.roles
            or factors.is_given(request)
        ):
            return None
        way = _way_to_a_factor(request, user)
        if typed := words(request):
            return render(request, "accounts/factor_first.html", {"typed": typed, "way": way}, status=403)
        return redirect(way)


def _way_to_a_factor(request: HttpRequest, user: User) -> str:
    """Return where one gives the second factor, and comes back; or sets one up."""
    if not factors.of(user).exists():
        return reverse("mfa_index")
    back = request.get_full_path() if request.method in ("GET", "HEAD") else ""
    return f"{reverse('mfa_reauthenticate')}?{urlencode({'next': back}) if back else ''}"


def _is_open(request: HttpRequest, view: Callable[..., Any]) -> bool:
    name = request.resolver_match.view_name if request.resolver_match else ""
    return not getattr(view, "login_required", True) or name in OPEN or name.startswith("mfa_")
