"""How a past is played for the demonstration: each act is taken by its verb, on its own day, by whoever could that day."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final
from unittest import mock

from django.db.models import Max
from django.utils import timezone

from conventions import demo_past
from hubportal.businessdays import last_business_day
from hubportal.outbox.models import OutboxMessage
from spoc import models

Day = date | int
"""A day, or how many days ago the last business day up to then was."""
Act = Callable[[], object]

_NOW: Final = timezone.now
_WRITTEN: Final[tuple[Any, ...]] = (
    models.Concern,
    models.ConcernAnswer,
    models.ConcernEvent,
    models.ConcernGroup,
    models.ConcernMessage,
    models.NoteDocument,
    models.RelayNote,
    models.RelayNoteEvent,
    models.SentNote,
    models.Answer,
    models.AnswerEvent,
)
"""What the verbs of concerns write."""
_FIRST: Final = 9
"""The hour of a day's first act."""


class Play:
    """Acts, each on its day; played in the order of the days, and on one day in that in which they were planned."""

    def __init__(self, today: date) -> None:
        self.today = today
        self._acts: list[tuple[date, Act]] = []

    def plan(self, day: Day, act: Act) -> None:
        """Let something happen on a day."""
        self._acts.append((self.day(day), act))

    def day(self, day: Day) -> date:
        """Return a day of this play: a business day when it is counted from today."""
        return day if isinstance(day, date) else last_business_day(self.today - timedelta(days=day))

    def run(self) -> None:
        """Play everything; the mails of those days were read long ago."""
        last = OutboxMessage.objects.aggregate(last=Max("pk"))["last"] or 0
        for day, acts in groupby(sorted(self._acts, key=lambda found: found[0]), key=lambda found: found[0]):
            begun = demo_past.moment(day, _FIRST)
            for number, (_day, act) in enumerate(acts):
                with moved_to(min(begun + timedelta(minutes=7 * number), _NOW() - timedelta(minutes=5))):
                    act()
        OutboxMessage.objects.filter(pk__gt=last).delete()


@contextmanager
def moved_to(moment: datetime) -> Iterator[None]:
    """Let it be a moment of the past: the rights of that day hold, and what is written bears its date.

    For a command that runs alone: the clock of the whole process is moved.
    """
    begun = _NOW()
    with mock.patch.object(timezone, "now", return_value=moment):
        yield
    _set_back(begun, moment)


def _set_back(begun: datetime, moment: datetime) -> None:
    """Date what was written since `begun`: a default keeps the clock that it was declared with."""
    fields = (field for model in _WRITTEN for field in model._meta.concrete_fields if field.default is _NOW)
    demo_past.set_back(
        *(
            (field.model._base_manager.filter(**{f"{field.name}__gte": begun}), {field.name: moment})
            for field in fields
        )
    )
