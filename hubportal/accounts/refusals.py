"""Refusals in the journal: each page once a session and day, so that nobody fills it by asking again and again."""

from typing import Final

from django.http import HttpRequest
from django.utils import timezone

from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.models import User

NO_RIGHTS: Final = "no rights today"
_NOTED: Final = "refused"
"""In the session: the day, and the pages that were refused on it."""


def journal_refusal(request: HttpRequest, *, reason: str = "") -> None:
    """Write down that a signed-in person was refused a page; of one without any right today, only that they came."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return
    match, today = request.resolver_match, str(timezone.localdate())
    view = match.view_name if match and not reason else ""
    noted = request.session.get(_NOTED, {})
    pages = noted.get(today, [])
    if (reason or view) in pages:
        return
    request.session[_NOTED] = {today: [*pages, reason or view]}
    journal(Kind.REFUSED, user, None, **({"reason": reason} if reason else {"view": view}))
