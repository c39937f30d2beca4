"""Seeing the portal as another person: an administrator reads, for half an hour, what somebody of a commune reads.

Nothing is done in their name: acts are refused, and what a page writes while it is read (that it was read, say) is
undone. Nothing is taken along either: files, tables and calendars stay closed, and so does all that is one's own.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.response import SimpleTemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from hubportal.access.typed import words
from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.models import JournalEntry, User
from hubportal.accounts.refusals import journal_refusal
from hubportal.accounts.requests import SignedIn

KEY: Final = "seeing_as"
LASTS: Final = timedelta(minutes=30)
ONES_OWN: Final = (
    "account_",
    "accounts:",
    "mfa_",
    "identity_",
    "openid_connect_",
    "admin:",
    "demo:",
    "spoc:calendar",
)
"""What begins so is a person's own (ways in, data, secret addresses), or belongs to the administrator's own work."""
STAYS_ONES_OWN: Final = frozenset({"account_logout", "accounts:seeing-end", "theme", "healthz", "readyz"})
"""What the administrator does as themselves meanwhile, and what must answer without looking at a session."""

OVER: Final = gettext_lazy("You see the portal with your own eyes again: the half hour, or a right, ended.")

Answer = Callable[[HttpRequest], HttpResponseBase]


def begin(request: SignedIn, person: User) -> None:
    """Let an administrator see as this person from now on. PermissionDenied for whom the model refuses."""
    if not person.can_be_seen_as_by(request.user):
        raise PermissionDenied
    until = (timezone.now() + LASTS).isoformat(timespec="seconds")
    begun = journal(Kind.SEEN_AS, request.user, person, until=until)
    request.session[KEY] = {"person": person.pk, "until": until, "begun": begun.pk}


@require_POST
def seeing_end(request: SignedIn) -> HttpResponseBase:
    """Be oneself again."""
    end(request, "asked")
    return redirect("home")


def end(request: HttpRequest, why: str) -> None:
    """End it, if it was begun, and write that down."""
    kept = request.session.pop(KEY, None)
    if kept is not None:
        admin, person = cast("User", request.user), User(pk=kept["person"])
        journal(Kind.SEEN_AS_ENDED, admin, person, why=why, begun=kept["begun"])


class SeeingMiddleware:
    """Answers as if the other person asked. It stands last: the administrator passed every other door by then."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Answer for the other person, or nothing where nobody is seen."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in STAYS_ONES_OWN or not isinstance(request.user, User) or KEY not in request.session:
            return None
        person = _person(request)
        if person is None:
            return _over(request)
        request.seen_by = request.user  # type: ignore[attr-defined]  # the frame of each page says so
        request.user = person
        if request.method not in ("GET", "HEAD") or name.startswith(ONES_OWN):
            return _refused(request)
        return _seen(request, lambda: view(request, *args, **kwargs))


def _person(request: HttpRequest) -> User | None:
    """Return who is seen, None once the time is over or either has no right to it any more."""
    kept = request.session[KEY]
    if datetime.fromisoformat(kept["until"]) <= timezone.now() or _was_ended(kept["begun"]):
        return None
    person = User.objects.filter(pk=kept["person"]).first()
    is_allowed = person is not None and person.can_be_seen_as_by(cast("User", request.user))
    return person if is_allowed else None


def _was_ended(begun: int) -> bool:
    """Tell whether it was ended meanwhile: a page of another tab that began before may have written the session."""
    return JournalEntry.objects.filter(kind=Kind.SEEN_AS_ENDED, detail__begun=begun, pk__gt=begun).exists()


def _over(request: HttpRequest) -> HttpResponseBase:
    """Be oneself again; what was typed meanwhile is shown, not sent: it was begun with other eyes."""
    end(request, "over")
    if typed := words(request):
        return render(request, "accounts/seeing_closed.html", {"typed": typed, "is_over": True}, status=403)
    messages.warning(request, OVER)
    return redirect("home")


def _seen(request: HttpRequest, answer: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Return a page, all that reading it wrote undone; refuse what is no page."""
    with transaction.atomic():
        found = answer()
        if isinstance(found, SimpleTemplateResponse):
            found = found.render()
        transaction.set_rollback(True)
    if found.has_header("Content-Disposition"):
        # Its own `close` would end this request for Django.
        if isinstance(found, FileResponse) and found.file_to_stream:
            found.file_to_stream.close()
        return _refused(request)
    return found


def _refused(request: HttpRequest) -> HttpResponseBase:
    journal_refusal(request)
    return render(request, "accounts/seeing_closed.html", {"typed": words(request)}, status=403)
