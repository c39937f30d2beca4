"""The steps of measures: who took which when, and what it changed."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from hubportal.workflow import TransitionEvent
from spoc.models.measure import Measure
from spoc.models.parties import seen_by


class MeasureEventQuerySet(models.QuerySet["MeasureEvent"]):
    """Steps of measures."""

    def visible_to(self, user: User) -> Self:
        """Return the steps of the measures that the person may see."""
        return self.filter(seen_by(user, "subject__request__"))


class MeasureEvent(TransitionEvent):
    """A step in the life of a measure."""

    subject = models.ForeignKey(Measure, models.CASCADE, related_name="events", verbose_name=_("measure"))
    was_due_on = models.DateField(
        _("day before"), null=True, editable=False, help_text=_("Its day before it got another one.")
    )

    objects: ClassVar[models.Manager["MeasureEvent"]] = MeasureEventQuerySet.as_manager()

    class Meta(TransitionEvent.Meta):
        verbose_name = _("step of a measure")
        verbose_name_plural = _("steps of measures")
