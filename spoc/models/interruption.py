"""What roadworks stop, from when until when: it decides from when on the certificate for compensation can be asked."""

from datetime import date, timedelta
from typing import ClassVar, Final, NamedTuple, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubportal.access.constraints import CheckedTogether
from hubportal.accounts.models import User
from hubportal.look.dates import short_date
from spoc.models.details import ChantierDetails
from spoc.models.parties import seen_by

FIRST_DAY: Final = 29
LAST_DAY: Final = 90
"""Days of an interruption between which the certificate is asked (Bruxelles Économie et Emploi, 25 March 2019)."""


class Traffic(models.TextChoices):
    """What cannot pass."""

    CARS = "cars", _("cars")
    PUBLIC_TRANSPORT = "public_transport", _("public transport")
    ALL = "all", _("cars and public transport")


class Directions(models.TextChoices):
    """In which directions."""

    ONE = "one", pgettext_lazy("directions", "one whole direction")
    BOTH = "both", pgettext_lazy("directions", "both directions")


class Window(NamedTuple):
    """The days on which the certificate can be asked, both included."""

    starts_on: date
    ends_on: date


class InterruptionQuerySet(models.QuerySet["Interruption"]):
    """Interruptions."""

    def visible_to(self, user: User) -> Self:
        """Return the interruptions of the requests that the person may see."""
        return self.filter(seen_by(user, "details__request__"))


class Interruption(CheckedTogether):
    """Days on which roadworks stop the traffic, without a break."""

    details = models.ForeignKey(
        ChantierDetails, models.CASCADE, related_name="interruptions", verbose_name=_("details of roadworks")
    )
    starts_on = models.DateField(_("first day without traffic"))
    ends_on = models.DateField(_("last day without traffic"))
    traffic = models.CharField(_("what cannot pass"), max_length=16, choices=Traffic.choices)
    directions = models.CharField(_("directions"), max_length=8, choices=Directions.choices)

    objects: ClassVar[models.Manager["Interruption"]] = InterruptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("interruption of the traffic")
        verbose_name_plural = _("interruptions of the traffic")
        ordering = ["details", "starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(traffic__in=Traffic.values, directions__in=Directions.values),
                name="interruption_known_codes",
                violation_error_message=_("Choose what cannot pass, and in which directions."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="interruption_ends_after_start",
                violation_error_message=_("The last day cannot come before the first day."),
            ),
        ]

    def __str__(self) -> str:
        days = f"{short_date(self.starts_on)} – {short_date(self.ends_on)}"
        return f"{days}, {self.get_traffic_display()}, {self.get_directions_display()}"

    def clean(self) -> None:
        """Refuse an end before the start, and days outside the works."""
        super().clean()
        if not (self.starts_on and self.ends_on):
            return
        if self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _("The last day cannot come before the first day.")})
        works = self.details
        if self.starts_on < works.starts_on or self.ends_on > works.ends_on:
            text = _("The works are from %(first)s to %(last)s: an interruption lies within.")
            facts = {"first": short_date(works.starts_on), "last": short_date(works.ends_on)}
            field = "starts_on" if self.starts_on < works.starts_on else "ends_on"
            raise ValidationError({field: ValidationError(text, "outside", facts)})

    @property
    def certificate(self) -> Window | None:
        """When the shops ask for the certificate; None when it is too short for compensation."""
        first, last = (self.starts_on + timedelta(days=day - 1) for day in (FIRST_DAY, LAST_DAY))
        return Window(first, last) if first <= self.ends_on else None
