"""What holds for every request: who may go on, in which language, and what the browser is told."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils import translation

from hubportal.access.typed import words

Answer = Callable[[HttpRequest], HttpResponseBase]
View = TypeVar("View", bound=Callable[..., HttpResponseBase])

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        *("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen"),
        *("geolocation", "gyroscope", "magnetometer", "microphone", "midi", "payment", "picture-in-picture"),
        *("screen-wake-lock", "usb", "xr-spatial-tracking"),
    )
)
ALWAYS_OPEN = frozenset({"account_logout"})
"""Names of views that are not ours to mark, and stay open to a person without rights."""


class Person(Protocol):
    """What these rules need to know of a signed-in person (accounts.User)."""

    language: str

    def has_rights_today(self) -> bool: ...


def open_without_rights(view: View) -> View:
    """Mark a view that a signed-in person without any right today may still use: their own data."""
    view.open_without_rights = True  # type: ignore[attr-defined]
    return view


class SignInMiddleware(LoginRequiredMiddleware):
    """Asks nobody's visitor to sign in; what somebody wrote whose session ended meanwhile is shown to be copied."""

    def handle_no_permission(  # type: ignore[override]  # Django's only redirects
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        """Lead to the sign-in page; after a form with words in it, show them first."""
        answer = super().handle_no_permission(request, view_func)
        typed = words(request)
        if not typed:
            return answer
        context = {
            "typed": typed,
            "sign_in": resolve_url(self.get_login_url(view_func)),
            "back": request.path,
        }
        return render(request, "access/signed_out.html", context, status=403)


class RightsRequiredMiddleware:
    """Shows a signed-in person without any right today one page, which says so, and nothing else.

    It asks the database on each request: a mandate that ended yesterday closes the session that is open now.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Refuse with 403 unless the view is open or the person has a right today."""
        if _is_open(request, view):
            return None
        person = _person(request)
        if person is None or person.has_rights_today():
            return None
        return self.refuse(request)

    def refuse(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with the page that says so."""
        return render(request, "access/no_rights.html", {"typed": words(request)}, status=403)


class AdminLanguageMiddleware:
    """Speaks the person's own language at addresses without a language prefix, such as the desk's."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        person = None
        if not translation.get_language_from_path(request.path_info):
            person = _person(request)
        if person is not None and person.language in dict(settings.LANGUAGES):
            translation.activate(person.language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)


class HeadersMiddleware:
    """Sets the headers that neither Django nor django-csp sets; a view's own Cache-Control is left alone.

    It stands before the session in the list, so it sees answers last, with whoever turned out to ask.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        response = self.get_response(request)
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        # Whatever looked at the session is about a person: no proxy, and no Back button after signing out.
        if getattr(getattr(request, "session", None), "accessed", False):
            response.setdefault("Cache-Control", "private, no-store")
        return response


def _is_open(request: HttpRequest, view: Callable[..., Any]) -> bool:
    is_exempt = not getattr(view, "login_required", True) or getattr(view, "open_without_rights", False)
    return is_exempt or bool(request.resolver_match and request.resolver_match.view_name in ALWAYS_OPEN)


def _person(request: HttpRequest) -> Person | None:
    return cast("Person", request.user) if request.user.is_authenticated else None
