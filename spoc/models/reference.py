"""The number a request gets when it is submitted: D-2026-0147, counted anew each year."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User


class RequestCounterQuerySet(models.QuerySet["RequestCounter"]):
    """Counters."""

    def visible_to(self, user: User) -> Self:
        """Return none: nobody reads the counters themselves."""
        return self.none()


class RequestCounter(models.Model):
    """The last number given in a year; the row's lock makes two submissions at once take turns."""

    year = models.PositiveSmallIntegerField(_("year"), primary_key=True)
    last = models.PositiveIntegerField(_("last number"), default=0)

    objects: ClassVar[models.Manager["RequestCounter"]] = RequestCounterQuerySet.as_manager()

    class Meta:
        verbose_name = _("counter of requests")
        verbose_name_plural = _("counters of requests")
        ordering = ["year"]

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


def next_reference(year: int) -> str:
    """Return the next reference of a year, inside the caller's transaction: rolled back, it is given again."""
    RequestCounter.objects.get_or_create(year=year)
    RequestCounter.objects.filter(year=year).update(last=F("last") + 1)
    # The update holds the row until the transaction ends, so this reads our own number.
    return f"D-{year}-{RequestCounter.objects.get(year=year).last:04d}"
