"""The weekly rhythm of a series of editions. Its calendar is in `mailings.rhythm`, its weeks are rows of `Run`."""

from datetime import date, datetime
from typing import Any, ClassVar, Final, Self

from django.conf import settings
from django.db import models
from django.db.models import Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from mailings import rhythm
from mailings.models.choices import STEERERS, WRITERS, text_language
from mailings.models.policy import FOLLOWERS

FRIDAY: Final = 5
DAYS: Final = [(number, WEEKDAYS[number - 1]) for number in range(1, FRIDAY + 1)]
"""Monday is 1; at the weekend nobody is there to stop what goes wrong."""


class ScheduleQuerySet(models.QuerySet["Schedule"]):
    """Rhythms."""

    def visible_to(self, user: User) -> Self:
        """Return all, to the agency, the cabinet and the task force: they write, approve and follow editions."""
        return self.filter() if user.has_role(*FOLLOWERS) else self.none()

    def active(self) -> Self:
        """Return those that are not paused."""
        return self.filter(is_active=True)


class RhythmFacts(models.Model):
    """What a rhythm is, now and each time that it was saved."""

    name_fr = models.CharField(_("name in French"), max_length=80)
    name_nl = models.CharField(_("name in Dutch"), max_length=80)
    weekday = models.PositiveSmallIntegerField(_("day"), choices=DAYS, default=FRIDAY)
    leaves_at = models.TimeField(_("hour"), help_text=_("Brussels time, the same in summer and in winter."))
    starts_on = models.DateField(
        _("not before"), default=timezone.localdate, help_text=_("No edition leaves before this day.")
    )
    is_active = models.BooleanField(
        _("the rhythm is active"), default=True,
        help_text=_("Paused: no draft is made, nobody is reminded, and nothing is scheduled by itself."),
    )  # fmt: skip

    class Meta:
        abstract = True


class Schedule(RhythmFacts):
    """On which day of the week, and at which hour in Brussels, the edition of a series leaves.

    The audience is that of the edition before. Both approvals are always needed: nothing here makes one unnecessary.
    """

    writers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", blank=True, verbose_name=_("who is reminded"),
        help_text=_("Besides whoever writes in the edition. Nobody chosen: all editors."),
    )  # fmt: skip
    stalled_since = models.DateTimeField(_("without a calendar since"), null=True, editable=False)
    """Since when the next week lies beyond the calendar of holidays."""
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("saved by"), editable=False
    )
    saved_at = models.DateTimeField(_("saved on"), default=timezone.now, editable=False)

    objects: ClassVar[models.Manager["Schedule"]] = ScheduleQuerySet.as_manager()
    runs: Any
    revisions: Any

    class Meta:
        verbose_name = _("weekly rhythm")
        verbose_name_plural = _("weekly rhythms")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__range=(1, FRIDAY)),
                name="schedule_on_a_working_day",
                violation_error_message=_("Choose a day from Monday to Friday."),
            ),
            models.CheckConstraint(
                condition=~Q(name_fr="") & ~Q(name_nl=""),
                name="schedule_has_both_names",
                violation_error_message=_("Write the name in both languages."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the page of the rhythms."""
        return reverse("mailings:rhythm")

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return str(getattr(self, f"name_{text_language()}"))

    @property
    def open_run(self) -> Any:
        """The week that is being prepared, with its edition; None when there is none yet."""
        return self.runs.open().select_related("mailing").first()

    def next_due(self, now: datetime) -> rhythm.Due:
        """Return what leaves next, after the last week that was closed; CalendarError beyond the calendar's years."""
        last: date | None = self.runs.closed().aggregate(last=Max("week_on"))["last"]
        return next(rhythm.coming(self, now, last + rhythm.WEEK if last else None))

    @property
    def people(self) -> models.QuerySet[User]:
        """Who is reminded: those who were chosen and still write; without any, all editors."""
        writing = User.objects.holding(WRITERS)
        chosen = writing.filter(pk__in=self.writers.values("pk"))
        return chosen if chosen.exists() else writing

    @staticmethod
    def can_be_changed_by(user: User) -> bool:
        """Tell whether a person may set and change rhythms: editors and leads."""
        return user.has_role(*STEERERS)
