"""The weeks of a rhythm: for each, when its edition leaves, which one it is, and who was reminded of it."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from hubportal.workflow import TransitionError
from mailings import audience, rhythm_emails
from mailings.models.choices import Status
from mailings.models.mailing import Mailing
from mailings.models.schedule import Schedule
from mailings.rhythm import VALIDITY


class RunQuerySet(models.QuerySet["Run"]):
    """Weeks of rhythms."""

    def visible_to(self, user: User) -> Self:
        """Return those of the rhythms that a person may see."""
        return self.filter(schedule__in=Schedule.objects.visible_to(user))

    def with_sight(self, user: User) -> Self:
        """Tell of each whether a person may see its edition: `may_open`."""
        seen = Exists(Mailing.objects.visible_to(user).filter(pk=OuterRef("mailing")))
        return self.select_related("mailing").annotate(may_open=seen)

    def open(self) -> Self:
        """Return the weeks that are being prepared: at most one for each rhythm."""
        return self.filter(closed_at__isnull=True).order_by("leaves_at", "pk")

    def closed(self) -> Self:
        """Return the weeks that are over, latest first."""
        return self.filter(closed_at__isnull=False).order_by("-week_on", "-pk")

    def active(self) -> Self:
        """Return those whose rhythm is not paused."""
        return self.filter(schedule__is_active=True)


class Outcome(models.TextChoices):
    """What had become of the edition of a week when its moment came."""

    KEPT = "kept", _("it left, or was scheduled")
    MISSED = "missed", _("nothing left: it was not ready")
    CANCELLED = "cancelled", _("it was cancelled")


class Run(models.Model):
    """One week of a rhythm: when its edition leaves, and which one it is.

    `next_run_at` of a rhythm is `leaves_at` of its open week, in UTC; of a closed one, it is when it left if that was
    sooner. One row for each week: none is done twice.
    """

    schedule = models.ForeignKey(Schedule, models.PROTECT, related_name="runs")
    week_on = models.DateField(_("week of"))
    leaves_at = models.DateTimeField(_("leaves on"))
    mailing = models.OneToOneField(
        "mailings.Mailing", models.PROTECT, null=True, related_name="run", verbose_name=_("edition")
    )
    told_of = models.CharField(max_length=64, blank=True)
    """Hash of the text whose missing reason the authors were told of: once for each text."""
    closed_at = models.DateTimeField(_("closed on"), null=True)
    outcome = models.CharField(_("what became of it"), max_length=10, choices=Outcome.choices, blank=True)

    objects: ClassVar[models.Manager["Run"]] = RunQuerySet.as_manager()

    class Meta:
        verbose_name = _("week of a rhythm")
        verbose_name_plural = _("weeks of rhythms")
        ordering = ["-week_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["schedule", "week_on"],
                name="run_once_a_week",
                violation_error_message=_("This week has its edition already."),
            ),
            models.UniqueConstraint(
                fields=["schedule"],
                condition=Q(closed_at__isnull=True),
                name="run_one_at_a_time",
                violation_error_message=_("One week is prepared at a time."),
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, outcome="")
                | Q(closed_at__isnull=False, outcome__in=Outcome.values),
                name="run_closed_has_its_outcome",
                violation_error_message=_("A week is closed if and only if its outcome is known."),
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("leaves_at")),
                name="run_closed_after_its_moment",
                violation_error_message=_("A week is closed once its moment has come."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.schedule_id}, {self.week_on}"

    @property
    def is_open(self) -> bool:
        """Whether its moment is still to come, or nobody has looked since."""
        return self.closed_at is None

    @property
    def left_at(self) -> datetime | None:
        """When its edition began to leave, by itself or sooner by hand; None before."""
        return self.mailing.started_at if self.mailing else None

    def is_over(self, now: datetime) -> bool:
        """Tell whether nothing more is to be planned for it: its moment has come, or its edition left before."""
        return self.leaves_at <= now or self.left_at is not None

    def fit(self) -> None:
        """Let what waits for its approvals expire at the moment of this week."""
        waiting = Mailing.objects.filter(run=self, status__in=(Status.IN_REVIEW, Status.APPROVED))
        waiting.update(expires_at=self.leaves_at, scheduled_for=None)

    def let_leave(self, mailing: Mailing) -> bool:
        """Schedule its edition, which both have approved, for the moment of this week; return whether people were told.

        What stands in the way, such as a gap without its reason, is told to the authors once for each text.
        """
        if not self.schedule.is_active or self.leaves_at <= timezone.now():
            return False
        try:
            mailing.schedule(
                by=None, scheduled_for=self.leaves_at, expires_at=self.leaves_at + VALIDITY,
                gap_reason=self._known_reason(mailing),
            )  # fmt: skip
        except TransitionError:
            # Somebody was first.
            return False
        except ValidationError as error:
            return self._tell(mailing, error)
        return True

    def _known_reason(self, mailing: Mailing) -> str:
        """Return the reason that its authors wrote for these gaps; empty when there is another one by now."""
        found = audience.marks(audience.coverage(mailing, timezone.localdate(self.leaves_at)))
        return mailing.gap_reason if set(found) <= set(mailing.known_gaps) else ""

    @transaction.atomic
    def _tell(self, mailing: Mailing, error: ValidationError) -> bool:
        rows = type(self).objects.filter(pk=self.pk).exclude(told_of=mailing.content_hash)
        if not rows.update(told_of=mailing.content_hash):
            return False
        rhythm_emails.held_up(self, mailing, error)
        return True


class RunReminderQuerySet(models.QuerySet["RunReminder"]):
    """Reminders of weeks."""

    def visible_to(self, user: User) -> Self:
        """Return those of the rhythms that a person may see."""
        return self.filter(run__in=Run.objects.visible_to(user))


class RunReminder(models.Model):
    """Somebody was reminded of a week: once for each number of business days before it, and once a day."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="reminders")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    days_before = models.PositiveSmallIntegerField(_("business days before"))
    sent_on = models.DateField(_("sent on"), db_index=True)

    objects: ClassVar[models.Manager["RunReminder"]] = RunReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder of a week")
        verbose_name_plural = _("reminders of weeks")
        ordering = ["sent_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "user", "days_before"],
                name="runreminder_once_each",
                violation_error_message=_("This reminder was sent already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}, {self.user_id}: {self.days_before}"
