"""The history of a weekly rhythm: what it was each time that somebody saved it."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from mailings.models.schedule import RhythmFacts, Schedule

if TYPE_CHECKING:
    from collections.abc import Iterable


class ScheduleRevisionQuerySet(models.QuerySet["ScheduleRevision"]):
    """What rhythms were."""

    def visible_to(self, user: User) -> Self:
        """Return those of the rhythms that a person may see."""
        return self.filter(schedule__in=Schedule.objects.visible_to(user))


class ScheduleRevision(RhythmFacts):
    """A rhythm as somebody saved it; a row trigger refuses UPDATE and DELETE."""

    schedule = models.ForeignKey(Schedule, models.PROTECT, related_name="revisions")
    writers = ArrayField(models.BigIntegerField(), verbose_name=_("who is reminded"), default=list)
    """Keys of the people who were chosen, in their order."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who"))
    at = models.DateTimeField(_("when"))

    objects: ClassVar[models.Manager["ScheduleRevision"]] = ScheduleRevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("former rhythm")
        verbose_name_plural = _("former rhythms")
        ordering = ["schedule", "pk"]

    def __str__(self) -> str:
        return f"{self.schedule_id}, {self.at}"

    @classmethod
    def keep(cls, schedule: Schedule, writers: "Iterable[int]") -> None:
        """Keep what a rhythm is, unless that is what was kept last."""
        facts = {field.name: getattr(schedule, field.name) for field in RhythmFacts._meta.fields}
        facts["writers"] = sorted(writers)
        last = cls.objects.filter(schedule=schedule).order_by("pk").last()
        if last is None or any(getattr(last, name) != value for name, value in facts.items()):
            cls.objects.create(schedule=schedule, by=schedule.saved_by, at=schedule.saved_at, **facts)
