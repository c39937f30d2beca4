"""How many messages a minute leave, over all workers and all tables: no more than the relay takes from us.

One row says from when the next message may leave. A claim locks it, takes what is due and moves it on; so the pace
is kept by the database's clock, and a worker that dies has spent what it claimed. Without a limit nobody asks.
"""

import time
from datetime import datetime, timedelta
from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

SLACK: Final = timedelta(seconds=1)
"""How late a message may be without the next ones waiting for it."""
_WINDOW: Final = timedelta(minutes=1) + SLACK
_ONLY: Final = 1


def gap() -> timedelta | None:
    """Return the time between two messages; None without a limit.

    With a second of slack a minute holds at most (60 + 1) / gap messages (the generic cell rate algorithm, ITU-T
    I.371): what was allowed, never one more.
    """
    limit = settings.MAILS_PER_MINUTE
    return _WINDOW / limit if limit else None


class Pace(models.Model):
    """The only row: from when the next message may leave."""

    id = models.SmallIntegerField(primary_key=True, default=_ONLY, editable=False)
    next_at = models.DateTimeField(editable=False)

    objects: ClassVar[models.Manager["Pace"]] = models.Manager()

    class Meta:
        verbose_name = verbose_name_plural = _("pace of the mail")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pk=_ONLY),
                name="pace_is_one_row",
                violation_error_message=_("There is one pace for all mail."),
            )
        ]

    def __str__(self) -> str:
        return str(self.next_at)


class Share:
    """What may leave now; made, and spent, in the transaction of a claim."""

    def __init__(self, between: timedelta) -> None:
        Pace.objects.get_or_create(pk=_ONLY, defaults={"next_at": Now()})
        rows = Pace.objects.select_for_update().annotate(now=Now())
        now, next_at = rows.values_list("now", "next_at").get(pk=_ONLY)
        self._between, self._from = between, _sane(next_at, now, between)
        self.size = max(0, (now - self._from) // between + 1)
        """Messages that may leave now."""

    def spend(self, messages: int) -> None:
        """Let the next one wait for these."""
        if messages:
            Pace.objects.filter(pk=_ONLY).update(next_at=self._from + messages * self._between)


def wait() -> float:
    """Return the seconds until the next message may leave; 0 without a limit."""
    between = gap()
    found = Pace.objects.annotate(now=Now()).values_list("now", "next_at").first() if between else None
    if between is None or found is None:
        return 0.0
    now, next_at = found
    left: timedelta = _sane(next_at, now, between) - now
    return max(0.0, left.total_seconds())


def await_turn(until: float) -> bool:
    """Sleep until the next message may leave; False when it may only after `until` (monotonic seconds)."""
    seconds = wait()
    if seconds >= until - time.monotonic():
        return False
    time.sleep(seconds)
    return True


def _sane(next_at: datetime, now: datetime, between: timedelta) -> datetime:
    """Return the moment without what was saved up, and without what a clock that was set back would make of it."""
    return min(max(next_at, now - SLACK), now + between)
