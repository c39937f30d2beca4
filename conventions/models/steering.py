"""How a convention is followed: meetings of the steering committee, what they decide, and the yearly evaluation."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conventions.models.choices import Party
from conventions.models.convention import Convention
from conventions.models.policy import text_seen_by, writes_for
from conventions.models.versioned import BoundedText
from hubportal.accounts.models import User


class MeetingQuerySet(models.QuerySet["SteeringMeeting"]):
    """Meetings."""

    def visible_to(self, user: User) -> Self:
        """Return the meetings about the conventions whose text the person may read."""
        return self.filter(text_seen_by(user, "convention__", "convention__commune"))


class SteeringMeeting(models.Model):
    """A meeting of the steering committee; its minutes are in both languages, or in the one that was spoken."""

    convention = models.ForeignKey(
        Convention, models.PROTECT, related_name="meetings", verbose_name=_("convention")
    )
    held_on = models.DateField(_("held on"))
    place = models.CharField(_("place"), max_length=200, blank=True)
    minutes_fr = BoundedText(_("minutes in French"), max_length=20_000, blank=True, help_text=_("Markdown."))
    minutes_nl = BoundedText(_("minutes in Dutch"), max_length=20_000, blank=True, help_text=_("Markdown."))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False,
        verbose_name=_("recorded by"),
    )  # fmt: skip
    recorded_at = models.DateTimeField(_("recorded on"), default=timezone.now, editable=False)

    objects: ClassVar[models.Manager["SteeringMeeting"]] = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("steering meeting")
        verbose_name_plural = _("steering meetings")
        ordering = ["-held_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.convention}, {self.held_on:%d.%m.%Y}"

    @staticmethod
    def can_be_recorded_by(convention: Convention, user: User) -> bool:
        """Tell whether a person records meetings and evaluations of a convention: leads, its SPOC, a stand-in."""
        return writes_for(user, convention.commune_id)


class OfAMeetingQuerySet(models.QuerySet["models.Model"]):
    """Rows of a meeting."""

    def visible_to(self, user: User) -> Self:
        """Return the rows of the meetings that the person may read about."""
        path = "meeting__convention__"
        return self.filter(text_seen_by(user, path, f"{path}commune"))


class AttendanceQuerySet(OfAMeetingQuerySet):
    """Who was there."""


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


class ActionQuerySet(OfAMeetingQuerySet):
    """What was decided."""

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


class EvaluationQuerySet(models.QuerySet["Evaluation"]):
    """Evaluations."""

    def visible_to(self, user: User) -> Self:
        """Return those of the conventions whose text the person may read."""
        return self.filter(text_seen_by(user, "convention__", "convention__commune"))


class Evaluation(models.Model):
    """How a year of a convention went, with what the parties conclude from it; fed by its meetings."""

    convention = models.ForeignKey(
        Convention, models.PROTECT, related_name="evaluations", verbose_name=_("convention")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    text_fr = BoundedText(_("evaluation in French"), max_length=20_000, help_text=_("Markdown."))
    text_nl = BoundedText(_("evaluation in Dutch"), max_length=20_000, help_text=_("Markdown."))
    conclusions_fr = BoundedText(
        _("conclusions in French"), max_length=8000, blank=True, help_text=_("Markdown.")
    )
    conclusions_nl = BoundedText(
        _("conclusions in Dutch"), max_length=8000, blank=True, help_text=_("Markdown.")
    )
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False,
        verbose_name=_("written by"),
    )  # fmt: skip
    written_at = models.DateTimeField(_("written at"), default=timezone.now, editable=False)

    objects: ClassVar[models.Manager["Evaluation"]] = EvaluationQuerySet.as_manager()

    class Meta:
        verbose_name = _("yearly evaluation")
        verbose_name_plural = _("yearly evaluations")
        ordering = ["convention_id", "-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["convention", "year"],
                name="evaluation_once_a_year",
                violation_error_message=_("This year of the convention is evaluated already."),
            ),
            models.CheckConstraint(
                condition=~Q(text_fr="") & ~Q(text_nl="") & Q(year__range=(2018, 2100)),
                name="evaluation_in_both_languages",
                violation_error_message=_("Write the evaluation of a year in French and in Dutch."),
            ),
            models.CheckConstraint(
                condition=Q(conclusions_fr="", conclusions_nl="")
                | ~Q(conclusions_fr="") & ~Q(conclusions_nl=""),
                name="evaluation_concludes_in_both",
                violation_error_message=_("Write the conclusions in French and in Dutch, or in neither."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.convention}, {self.year}"
