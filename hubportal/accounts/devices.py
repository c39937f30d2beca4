"""The browsers in which a person is signed in: how a page names them, and how they are signed out."""

import hashlib
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.models import Session, User


def live(user: User) -> Any:
    """Return a person's sessions that have not ended, the one used last first."""
    return Session.objects.visible_to(user).filter(expire_date__gt=timezone.now()).newest_first()


def mark_of(session: Session) -> str:
    """Return what a page calls a session: its key would let in whoever reads it."""
    return hashlib.sha256(session.session_key.encode()).hexdigest()[:16]


def end(some: Any, user: User, by: User | None) -> int:
    """End these sessions of a person and write it down; return how many."""
    count = int(some.end())
    if count:
        journal(Kind.SESSIONS_ENDED, by, user, count=count)
    return count


def end_all(user: User, by: User | None) -> int:
    """End all sessions of a person; return how many."""
    return end(Session.objects.visible_to(user), user, by)


def end_others(request: HttpRequest, user: User) -> int:
    """End all sessions of a person but this one; return how many."""
    others = Session.objects.visible_to(user).exclude(session_key=request.session.session_key)
    return end(others, user, user)
