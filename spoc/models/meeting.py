"""Steering meetings of a request: when both parties meet about works or a project, and what was said there."""

from copy import copy
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from conventions.models.versioned import BoundedText
from hubportal import markdown
from hubportal.access.constraints import CheckedTogether
from hubportal.accounts.models import User
from hubportal.workflow import Stateful, TransitionEvent, known_status
from spoc import plan_emails
from spoc.models import checks
from spoc.models.choices import MeetingStatus, Side
from spoc.models.meeting_queryset import RequestMeetingQuerySet
from spoc.models.meeting_table import TRANSITIONS
from spoc.models.parties import seen_by

AHEAD: Final = timedelta(days=2 * 366)
"""How long before its moment a meeting may be planned: works last for years."""
OUT_OF_REACH: Final = timedelta(days=10 * 366)
"""From when it was planned, either way: what the database lets no row exceed."""


class Meeting(CheckedTogether, Stateful):
    """A meeting of both parties, and whom they invite. What it decides are measures of the plan."""

    Status = MeetingStatus
    TRANSITIONS = TRANSITIONS

    request = models.ForeignKey(
        "spoc.ServiceRequest", models.PROTECT, related_name="meetings", verbose_name=_("request")
    )
    status = models.CharField(
        _("state"), max_length=9, choices=MeetingStatus.choices, default=MeetingStatus.PLANNED, editable=False
    )
    starts_at = models.DateTimeField(_("begins"))
    place = models.CharField(_("place"), max_length=500, help_text=_("An address, or the link of the call."))
    invited = BoundedText(
        _("who is invited"), max_length=1000, blank=True,
        help_text=_("Contractor, contracting authority, merchants’ association: names, not e-mail addresses."),
    )  # fmt: skip
    agenda = BoundedText(_("agenda"), max_length=4000, blank=True)
    minutes = BoundedText(_("minutes"), max_length=20_000, blank=True, editable=False)
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+",
        verbose_name=_("planned by"),
    )  # fmt: skip
    planned_side = models.CharField(
        _("planned by the party"), max_length=8, choices=Side.choices, editable=False
    )
    planned_at = models.DateTimeField(_("planned at"), default=timezone.now, editable=False)
    held_at = models.DateTimeField(_("minutes since"), null=True, editable=False)
    cancel_reason = BoundedText(_("why it was cancelled"), max_length=1000, blank=True, editable=False)

    objects: ClassVar[models.Manager["Meeting"]] = RequestMeetingQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("request", "steering meeting")
        verbose_name_plural = pgettext_lazy("request", "steering meetings")
        ordering = ["request", "starts_at", "pk"]
        indexes = [
            models.Index(
                fields=["starts_at"], condition=Q(status=MeetingStatus.PLANNED), name="meeting_planned"
            ),
        ]
        constraints = [
            known_status(MeetingStatus, "meeting_known_status"),
            models.CheckConstraint(
                condition=Q(planned_side__in=Side.values),
                name="meeting_known_side",
                violation_error_message=_("This party does not exist."),
            ),
            models.CheckConstraint(
                condition=~Q(place=""),
                name="meeting_has_a_place",
                violation_error_message=_("Say where it takes place, or how one joins."),
            ),
            models.CheckConstraint(
                condition=Q(
                    starts_at__gte=F("planned_at") - OUT_OF_REACH,
                    starts_at__lte=F("planned_at") + OUT_OF_REACH,
                ),
                name="meeting_within_reach",
                violation_error_message=_("This moment is too far away."),
            ),
            models.CheckConstraint(
                condition=Q(status=MeetingStatus.HELD, held_at__isnull=False) & ~Q(minutes="")
                | ~Q(status=MeetingStatus.HELD) & Q(held_at__isnull=True, minutes=""),
                name="meeting_held_with_minutes",
                violation_error_message=_("A meeting is held once its minutes are written."),
            ),
            models.CheckConstraint(
                condition=Q(held_at__isnull=True) | Q(held_at__gte=F("starts_at")),
                name="meeting_minutes_after_it_began",
                violation_error_message=_("Minutes are written once the meeting has begun."),
            ),
            models.CheckConstraint(
                condition=Q(status=MeetingStatus.CANCELLED) & ~Q(cancel_reason="")
                | ~Q(status=MeetingStatus.CANCELLED) & Q(cancel_reason=""),
                name="meeting_cancelled_for_a_reason",
                violation_error_message=_("Say why it is cancelled."),
            ),
            models.UniqueConstraint(
                fields=["request", "starts_at"],
                condition=~Q(status=MeetingStatus.CANCELLED),
                name="meeting_one_at_a_moment",
                violation_error_message=_("A meeting about this request begins at this moment already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request}, {timezone.localtime(self.starts_at):%d.%m.%Y}"

    @property
    def is_to_come(self) -> bool:
        """Whether it is planned and has not begun, and its request goes on."""
        return self.status == MeetingStatus.PLANNED and not self.has_begun and self.request.is_planned

    @property
    def has_begun(self) -> bool:
        """Whether its moment has come."""
        return self.starts_at <= timezone.now()

    @property
    def lacks_minutes(self) -> bool:
        """Whether it is over, or going on, and nobody wrote what was said."""
        return self.status == MeetingStatus.PLANNED and self.has_begun and not self.is_off

    @property
    def is_off(self) -> bool:
        """Whether it takes no place: it was cancelled, or still planned when its request ended.

        What had begun before a request that was delivered was closed may still get its minutes.
        """
        row = self.request
        if self.status != MeetingStatus.PLANNED or row.is_planned:
            return self.status == MeetingStatus.CANCELLED
        return row.delivered_at is None or row.closed_at is None or self.starts_at > row.closed_at

    @property
    def gist(self) -> str:
        """The minutes on one line, without their marks."""
        return " ".join(markdown.plain(self.minutes).split())

    def get_absolute_url(self) -> str:
        """Return the meeting's page."""
        return reverse("spoc:meeting", kwargs={"pk": self.request_id, "meeting": self.pk})

    def clean(self) -> None:
        """Refuse a moment out of reach, and one before the request was taken on."""
        super().clean()
        if self.starts_at and self.starts_at > timezone.now() + AHEAD:
            raise ValidationError({"starts_at": _("This moment is more than two years away.")})
        begun = self.request.accepted_at
        if self.starts_at and begun and timezone.localdate(self.starts_at) < timezone.localdate(begun):
            raise ValidationError({"starts_at": _("This is before the request was accepted.")})

    # --- Who may -----------------------------------------------------------------------------------------------

    def can_be_move_by(self, user: User) -> bool:
        """Tell whether a person takes part while the plan is made."""
        return self.request.can_be_planned_by(user)

    can_be_prepare_by = can_be_move_by

    def can_be_hold_by(self, user: User) -> bool:
        """Tell whether a person takes part in what has begun: also once the request is delivered, and closed."""
        return self.has_begun and self.can_be_correct_by(user)

    def can_be_correct_by(self, user: User) -> bool:
        """Tell whether a person takes part, now or after the delivery."""
        is_kept = self.request.is_planned or self.request.delivered_at is not None
        return is_kept and self.request.is_party(user)

    def can_be_cancel_by(self, user: User) -> bool:
        """Tell whether a person takes part: what does not take place can be said whatever became of the request."""
        return self.request.is_party(user)

    # --- Steps -------------------------------------------------------------------------------------------------

    @transaction.atomic
    def hold(self, *, by: User, minutes: str) -> None:
        """Write what was said, once it has begun; the other party is told."""
        self._begin("hold", by)
        told = _bounded("minutes", checks.needed(minutes, "minutes"))
        self._move("hold", by, minutes=told, held_at=timezone.now())
        plan_emails.meeting_minutes(self, by)

    @transaction.atomic
    def prepare(self, *, by: User, invited: str = "", agenda: str = "", version: int | None = None) -> None:
        """Say who is invited and what is to be talked about; what stood there is kept in the event.

        `version` is the one that was read: ValidationError when somebody changed it since.
        """
        self._begin("prepare", by)
        facts: dict[str, Any] = {
            "invited": _bounded("invited", invited),
            "agenda": _bounded("agenda", agenda),
        }
        if all(getattr(self, name) == text for name, text in facts.items()):
            return
        checks.unchanged(self, version, "agenda")
        before = "\n\n".join(text for text in (self.invited, self.agenda) if text)
        self._move("prepare", by, comment=before, **facts)

    @transaction.atomic
    def move(
        self, *, by: User, starts_at: datetime, place: str, reason: str, version: int | None = None
    ) -> None:
        """Let it begin at another moment to come, or take place elsewhere; the other party reads why.

        ValidationError when somebody changed it since a `version` was read.
        """
        self._begin("move", by)
        told = checks.needed(reason, "reason")
        if (starts_at, place) == (self.starts_at, self.place):
            if self.too_late("move").is_repeated_by(by):
                return
            raise ValidationError({"starts_at": _("This is its moment and its place already.")})
        checks.unchanged(self, version, "starts_at")
        if starts_at <= timezone.now():
            raise ValidationError({"starts_at": _("This moment is over.")})
        moved = copy(self)
        moved.starts_at, moved.place = starts_at, place
        moved.full_clean()
        noted = {"was_at": self.starts_at} if starts_at != self.starts_at else None
        self._move("move", by, comment=told, noted=noted, starts_at=starts_at, place=place)
        plan_emails.meeting_moved(self, by, told)

    @transaction.atomic
    def cancel(self, *, by: User, reason: str) -> None:
        """Say why it does not take place; the other party is told."""
        self._begin("cancel", by)
        told = _bounded("cancel_reason", checks.needed(reason, "reason"))
        self._move("cancel", by, comment=told, cancel_reason=told)
        plan_emails.meeting_cancelled(self, by, told)

    @transaction.atomic
    def correct(self, *, by: User, minutes: str, version: int) -> None:
        """Change the minutes; what stood there is kept in the event.

        `version` is the one that was read: ValidationError when somebody has changed them since.
        """
        self._begin("correct", by)
        told = _bounded("minutes", checks.needed(minutes, "minutes"))
        if told == self.minutes:
            return
        checks.unchanged(self, version, "minutes")
        self._move("correct", by, comment=self.minutes, minutes=told)


class MeetingEventQuerySet(models.QuerySet["MeetingEvent"]):
    """Steps of steering meetings."""

    def visible_to(self, user: User) -> Self:
        """Return the steps of the meetings that the person may see."""
        return self.filter(seen_by(user, "subject__request__"))


class MeetingEvent(TransitionEvent):
    """A step in the life of a steering meeting; of a correction, the comment is what the minutes were before."""

    subject = models.ForeignKey(
        Meeting,
        models.CASCADE,
        related_name="events",
        verbose_name=pgettext_lazy("request", "steering meeting"),
    )

    was_at = models.DateTimeField(
        _("moved from"), null=True, editable=False, help_text=_("When it was to begin before.")
    )

    objects: ClassVar[models.Manager["MeetingEvent"]] = MeetingEventQuerySet.as_manager()

    class Meta(TransitionEvent.Meta):
        verbose_name = _("step of a steering meeting")
        verbose_name_plural = _("steps of steering meetings")


def _bounded(name: str, text: str) -> str:
    """Return a text without the white space around it; ValidationError on its field when it is too long."""
    field: Any = Meeting._meta.get_field(name)
    found = text.strip()
    try:
        field.run_validators(found)
    except ValidationError as error:
        raise ValidationError({name: error.error_list}) from None
    return found
