"""The session engine: Django's, whose rows tell whose session it is, since when, and end in two ways.

A session ends `SESSION_IDLE` after its last use, and `SESSION_COOKIE_AGE` after signing in however much it is used.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.http import HttpRequest
from django.utils import timezone

STARTED: Final = "started_at"
DEVICE: Final = "device"
SEEN: Final = "seen_at"
STEP: Final = timedelta(minutes=5)
"""How often a session that is only read is written: what "last used" is exact to."""
BROWSERS: Final = {
    "Edg": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari",
}  # fmt: skip
SYSTEMS: Final = {
    "iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "Mac OS": "Mac", "Linux": "Linux",
}  # fmt: skip
"""What a browser calls itself holds several names: the first of these that is found is its own."""


class SessionStore(db.SessionStore):
    """Keeps sessions in `accounts.Session`."""

    @classmethod
    def get_model_class(cls) -> Any:
        """Return the model."""
        from hubportal.accounts.models import Session

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """Return the row, with what a person is shown of it."""
        row: Any = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY)
        row.started_at = _moment(data.get(STARTED))
        row.seen_at = _moment(data.get(SEEN)) or timezone.now()
        row.device = data.get(DEVICE, "")
        return row

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        """Return when it ends unless it is used again: idle for too long, or as old as a session may get."""
        now = timezone.now()
        ends = now + timedelta(seconds=settings.SESSION_IDLE)
        started = _moment(self.get(STARTED))
        return (
            ends if started is None else min(ends, started + timedelta(seconds=settings.SESSION_COOKIE_AGE))
        )


def begin(request: HttpRequest) -> None:
    """Note when and in which browser a person signed in; the session is new by then (Django changed its key)."""
    now = timezone.now().isoformat()
    request.session.update({STARTED: now, SEEN: now, DEVICE: device_of(request)})


def touch(request: HttpRequest) -> None:
    """Let a session that is used live on; it is written once in five minutes at most."""
    seen = _moment(request.session.get(SEEN))
    now = timezone.now()
    if seen is None or now - seen >= STEP:
        request.session[SEEN] = now.isoformat()


def device_of(request: HttpRequest) -> str:
    """Return what a person calls their browser, such as "Firefox, Windows"; empty when it does not say."""
    told = request.headers.get("User-Agent", "")
    names = (
        next((name for mark, name in known.items() if mark in told), "") for known in (BROWSERS, SYSTEMS)
    )
    return ", ".join(filter(None, names))


def _moment(told: object) -> datetime | None:
    return datetime.fromisoformat(told) if isinstance(told, str) else None
