"""Numbers counted anew each year: of requests (D-2026-0147), concerns (C-2026-0147), relay notes (NR-2026-007)."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User


class CounterQuerySet(models.QuerySet[Any]):
    """Counters."""

    def visible_to(self, user: User) -> Self:
        """Return none: nobody reads the counters themselves."""
        return self.none()


class YearCounter(models.Model):
    """The last number given in a year; the row's lock makes two who take one at once take turns."""

    year = models.PositiveSmallIntegerField(_("year"), primary_key=True)
    last = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"

    @classmethod
    def following(cls, year: int) -> int:
        """Return the next number of a year; no other transaction gets one before the caller's has ended."""
        rows: Any = cls._default_manager
        rows.get_or_create(year=year)
        rows.filter(year=year).update(last=F("last") + 1)
        # The update holds the row until the transaction ends, so this reads our own number.
        return int(rows.get(year=year).last)


class RequestCounter(YearCounter):
    """The last number given to a request in a year."""

    objects: ClassVar[models.Manager["RequestCounter"]] = CounterQuerySet.as_manager()

    class Meta:
        verbose_name = _("counter of requests")
        verbose_name_plural = _("counters of requests")
        ordering = ["year"]


class ConcernCounter(YearCounter):
    """The last number given to a concern in a year."""

    objects: ClassVar[models.Manager["ConcernCounter"]] = CounterQuerySet.as_manager()

    class Meta:
        verbose_name = _("counter of concerns")
        verbose_name_plural = _("counters of concerns")
        ordering = ["year"]


class NoteCounter(YearCounter):
    """The last number given to a relay note in a year."""

    objects: ClassVar[models.Manager["NoteCounter"]] = CounterQuerySet.as_manager()

    class Meta:
        verbose_name = _("counter of relay notes")
        verbose_name_plural = _("counters of relay notes")
        ordering = ["year"]


def next_reference(year: int) -> str:
    """Return the next reference of a request, inside the caller's transaction: rolled back, it is given again."""
    return f"D-{year}-{RequestCounter.following(year):04d}"


def next_concern_reference(year: int) -> str:
    """Return the next reference of a concern, C-2026-0147; as above."""
    return f"C-{year}-{ConcernCounter.following(year):04d}"


def next_note_reference(year: int) -> str:
    """Return the next reference of a relay note, NR-2026-007; as above, so that the notes of a year have no hole."""
    return f"NR-{year}-{NoteCounter.following(year):03d}"
