"""The rows of a meeting: who was there, and what it asks somebody to do."""

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conventions.models.choices import Party
from conventions.models.meeting import SteeringMeeting
from conventions.models.policy import text_seen_by
from hubportal.accounts.models import User


def _seen_by(user: User) -> Q:
    path = "meeting__convention__"
    return text_seen_by(user, path, f"{path}commune")


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    """Who was there."""

    def visible_to(self, user: User) -> Self:
        """Return the rows of the meetings that the person may read about."""
        return self.filter(_seen_by(user))


class Attendance(models.Model):
    """Somebody who was at a meeting or sent word: a person of the portal, or one known by name."""

    class Presence(models.TextChoices):
        """Whether they came."""

        PRESENT = "present", _("present")
        EXCUSED = "excused", _("excused")

    meeting = models.ForeignKey(
        SteeringMeeting, models.CASCADE, related_name="attendances", verbose_name=_("meeting")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True,
        related_name="+", verbose_name=_("person"),
    )  # fmt: skip
    name = models.CharField(_("name"), max_length=200, help_text=_("As in the minutes."))
    party = models.CharField(_("party"), max_length=8, choices=Party.choices)
    presence = models.CharField(
        _("presence"), max_length=8, choices=Presence.choices, default=Presence.PRESENT
    )

    objects: ClassVar[models.Manager["Attendance"]] = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        ordering = ["meeting_id", "-party", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "party", "name"],
                name="attendance_once",
                violation_error_message=_("This person is written down already."),
            ),
            models.CheckConstraint(
                condition=Q(party__in=Party.values, presence__in=["present", "excused"]) & ~Q(name=""),
                name="attendance_of_a_party",
                violation_error_message=_("It has a name, a party, and says whether the person came."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ActionQuerySet(models.QuerySet["MeetingAction"]):
    """What was decided."""

    def visible_to(self, user: User) -> Self:
        """Return the actions of the meetings that the person may read about."""
        return self.filter(_seen_by(user))

    def open(self) -> Self:
        """Return what is not done yet."""
        return self.filter(done_on__isnull=True)


class MeetingAction(models.Model):
    """Something that a meeting asked somebody to do."""

    meeting = models.ForeignKey(
        SteeringMeeting, models.CASCADE, related_name="actions", verbose_name=_("meeting")
    )
    what = models.CharField(_("what"), max_length=500)
    who = models.CharField(_("who"), max_length=200)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)

    objects: ClassVar[models.Manager["MeetingAction"]] = ActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        ordering = ["meeting_id", F("due_on").asc(nulls_last=True), "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(what="") & ~Q(who=""),
                name="meetingaction_is_somebodys",
                violation_error_message=_("Write what is to be done, and by whom."),
            )
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def is_late(self) -> bool:
        """Whether it should have been done before today."""
        return self.done_on is None and self.due_on is not None and self.due_on < timezone.localdate()

    @transaction.atomic
    def settle(self, *, by: User) -> bool:
        """Say that it is done today; False when somebody said so already."""
        return self._mark(by, timezone.localdate(), was_done=False)

    @transaction.atomic
    def reopen(self, *, by: User) -> bool:
        """Say that it is not done after all; False when it was open."""
        return self._mark(by, None, was_done=True)

    def _mark(self, by: User, done_on: date | None, *, was_done: bool) -> bool:
        self.meeting.open_settling(by)
        rows = MeetingAction._base_manager.filter(pk=self.pk, done_on__isnull=not was_done)
        if not rows.update(done_on=done_on):
            return False
        self.done_on = done_on
        self.meeting.count_on()
        return True
