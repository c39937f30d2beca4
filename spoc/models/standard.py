"""The library of measures that have proved their worth: to pick from, in both languages."""

from datetime import date, timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from communes.models.mandate import communes_of
from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.businessdays import CalendarError, add_business_days
from spoc.models.choices import Anchor, Kind, Phase, Side
from spoc.models.library import LibraryEntry, LibraryQuerySet


class StandardMeasureQuerySet(LibraryQuerySet):
    """Measures to pick from."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency, those in use to the people of communes, who pick from them; none to others."""
        if user.has_role(*AGENCY_ROLES):
            return self
        return self.in_use() if communes_of(user) else self.none()


class StandardMeasure(LibraryEntry):
    """A measure of the library: what, in which phase, by which party, how many days from the works' start or end."""

    FILE = "measures.json"

    kind = models.CharField(_("service"), max_length=20, choices=Kind.choices)
    phase = models.CharField(_("phase"), max_length=8, choices=Phase.choices)
    advice_fr = models.CharField(_("advice in French"), max_length=400, blank=True)
    advice_nl = models.CharField(_("advice in Dutch"), max_length=400, blank=True)
    party = models.CharField(_("responsible party"), max_length=8, choices=Side.choices)
    anchor = models.CharField(_("counted from"), max_length=8, choices=Anchor.choices, default=Anchor.START)
    days = models.SmallIntegerField(
        _("days"), help_text=_("Calendar days after that day; negative before it.")
    )

    objects: ClassVar[models.Manager["StandardMeasure"]] = StandardMeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("standard measure")
        verbose_name_plural = _("standard measures")
        ordering = ["kind", "anchor", "days", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values, phase__in=Phase.values, party__in=Side.values)
                & Q(anchor__in=Anchor.values),
                name="standard_measure_known_codes",
                violation_error_message=_("This service, phase or party does not exist."),
            ),
            models.CheckConstraint(
                condition=~Q(title_fr="") & ~Q(title_nl=""),
                name="standard_measure_in_both_languages",
                violation_error_message=_("Write the title in French and in Dutch."),
            ),
            models.CheckConstraint(
                condition=Q(advice_fr="", advice_nl="") | ~Q(advice_fr="") & ~Q(advice_nl=""),
                name="standard_measure_advice_in_both_languages",
                violation_error_message=_("Write the advice in French and in Dutch, or in neither."),
            ),
        ]

    @property
    def advice(self) -> str:
        """The advice in the reader's language."""
        return self.advice_nl if get_language() == "nl" else self.advice_fr

    def due_on(self, starts_on: date, ends_on: date, today: date) -> date:
        """Return the day proposed for it: a business day, today at the earliest."""
        day = (ends_on if self.anchor == Anchor.END else starts_on) + timedelta(days=self.days)
        try:
            return add_business_days(max(day, today), 0)
        except CalendarError:
            return max(day, today)
