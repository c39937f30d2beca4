"""Steering meetings, by who may see them, what is to come of them, and how they come into a plan."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from spoc import plan_emails
from spoc.models.choices import TAKEN_ON, MeetingStatus
from spoc.models.parties import seen_by
from spoc.models.repeats import since

if TYPE_CHECKING:
    from spoc.models.meeting import Meeting
    from spoc.models.request import ServiceRequest


class RequestMeetingQuerySet(models.QuerySet["Meeting"]):
    """Steering meetings of requests."""

    def visible_to(self, user: User) -> Self:
        """Return the meetings of the requests that the person may see."""
        return self.filter(seen_by(user, "request__"))

    def on_the_way(self) -> Self:
        """Return those to come, or over and without minutes, of requests that go on."""
        return self.filter(status=MeetingStatus.PLANNED, request__status__in=TAKEN_ON)

    def to_come(self) -> Self:
        """Return those that are planned and have not begun, whatever became of their request."""
        return self.filter(status=MeetingStatus.PLANNED, starts_at__gt=timezone.now())

    def until(self, ahead: timedelta) -> Self:
        """Return those that begin within a time from now, or began."""
        return self.filter(starts_at__lte=timezone.now() + ahead)

    def in_order(self) -> Self:
        """Return them as a calendar is read."""
        return self.order_by("starts_at", "pk")

    @transaction.atomic
    def plan(
        self,
        *,
        request: "ServiceRequest",
        by: User,
        starts_at: datetime,
        place: str,
        invited: str = "",
        agenda: str = "",
    ) -> "Meeting":
        """Plan a meeting, or record one that was held since the request was taken on; a second click plans none.

        PermissionDenied for who is no party, TransitionError outside the states in which a plan is made,
        ValidationError for an audit, or a moment out of reach or taken. The other party is told of one to come.
        """
        request.open_plan(by)
        if not request.is_steered:
            raise ValidationError(_("An audit has no steering meetings."))
        again = self.filter(
            request=request, starts_at=starts_at, place=place, planned_by=by, planned_at__gt=since()
        )
        if known := again.order_by("pk").last():
            return known
        row = self.model(
            request=request, starts_at=starts_at, place=place, invited=invited, agenda=agenda,
            planned_by=by, planned_side=request.side_of(by),
        )  # fmt: skip
        row.full_clean()
        row.save()
        if row.is_to_come:
            plan_emails.meeting_planned(row, by)
        return row
