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
    """Write down that a signed-in person was refused a page; of one without any right today, only that they came.

    Who sees as another person is who was refused.
    """
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return
    seen_by = getattr(request, "seen_by", None)
    match, today = request.resolver_match, str(timezone.localdate())
    view = match.view_name if match and not reason else ""
    page = f"{user.pk} {view}" if seen_by else reason or view
    pages = request.session.get(_NOTED, {}).get(today, [])
    if page in pages:
        return
    request.session[_NOTED] = {today: [*pages, page]}
    detail = {"reason": reason} if reason else {"view": view}
    journal(Kind.REFUSED, seen_by or user, user if seen_by else None, **detail)
