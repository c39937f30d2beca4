"""Where a request is on its clocks: what follows from the columns and a day, and is never stored."""

from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone

from spoc import deadlines
from spoc.models.choices import CLOCK_RUNS, OPEN, Kind, Status
from spoc.models.parties import Parties

if TYPE_CHECKING:
    from spoc.models.details import Details


class Clocked(Parties):
    """The request, seen on a day."""

    class Meta:
        abstract = True

    @property
    def details(self) -> "Details | None":
        """The fields of its own service; None while they are empty."""
        try:
            found: Details = getattr(self, f"{self.kind}details")
        except ObjectDoesNotExist:
            return None
        return found

    @property
    def is_open(self) -> bool:
        """Whether it is submitted and not ended."""
        return self.status in OPEN

    @property
    def clock_runs(self) -> bool:
        """Whether the responding party owes something by `due_on`."""
        return self.status in CLOCK_RUNS

    @property
    def next_day(self) -> date | None:
        """The day that counts now: until when it is delivered or confirmed; None while it waits or once it ended."""
        if self.status == Status.DELIVERED and self.delivered_at:
            return deadlines.confirm_until(self.delivered_at)
        return self.due_on if self.clock_runs else None

    def days_left(self, on: date | None = None) -> int | None:
        """Return the calendar days until the due date, negative when late; None while no clock runs."""
        if not self.clock_runs or self.due_on is None:
            return None
        return (self.due_on - (on or timezone.localdate())).days

    def is_late(self, on: date | None = None) -> bool:
        """Tell whether the responding party is late on a day (today)."""
        left = self.days_left(on)
        return left is not None and left < 0

    def urgent_in(self, on: date | None = None) -> int | None:
        """Return the days until the works of an open chantier begin, when they do within 30; else None."""
        if self.kind != Kind.CHANTIER or not self.is_open or self.details is None:
            return None
        left: int = (self.details.starts_on - (on or timezone.localdate())).days  # type: ignore[attr-defined]
        return left if 0 <= left <= deadlines.URGENT else None
