"""Refusals in the journal: each page once a session and day, so that nobody fills it by asking again and again."""

from typing import Final, cast

from django.http import HttpRequest
from django.utils import timezone

from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.models import User

NO_RIGHTS: Final = "no rights today"
_NOTED: Final = "refused"
"""In the session: the day, and the pages that were refused on it."""


def who_asks(request: HttpRequest) -> User | None:
    """Return who sent a request: who sees as another person, not the one that is seen; None for nobody known."""
    asking = getattr(request, "seen_by", None) or getattr(request, "user", None)
    return asking if isinstance(asking, User) else None


def journal_refusal(request: HttpRequest, *, reason: str = "") -> None:
    """Write down that a signed-in person was refused a page; of one without any right today, only that they came.

    Who sees as another person is who was refused.
    """
    asking = who_asks(request)
    if asking is None:
        return
    seen = cast("User", request.user) if request.user != asking else None
    match, today = request.resolver_match, str(timezone.localdate())
    view = match.view_name if match and not reason else ""
    page = f"{seen.pk} {view}" if seen else reason or view
    pages = request.session.get(_NOTED, {}).get(today, [])
    if page in pages:
        return
    request.session[_NOTED] = {today: [*pages, page]}
    detail = {"reason": reason} if reason else {"view": view}
    journal(Kind.REFUSED, asking, seen, **detail)
