"""Measures, by who may see them, who is to act on them, and how they come into a plan."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from hubportal.accounts.models import User
from spoc import plan_emails
from spoc.models.choices import COUNTED, TO_DO, MeasureStatus
from spoc.models.measure_turns import acts
from spoc.models.parties import seen_by
from spoc.models.repeats import since
from spoc.models.standard import StandardMeasure

if TYPE_CHECKING:
    from spoc.models.measure import Measure
    from spoc.models.request import ServiceRequest


class MeasureQuerySet(models.QuerySet["Measure"]):
    """Measures."""

    def visible_to(self, user: User) -> Self:
        """Return the measures of the requests that the person may see."""
        return self.filter(seen_by(user, "request__"))

    def to_do(self) -> Self:
        """Return those that both parties count on and that are not done."""
        return self.filter(status__in=TO_DO)

    def agreed_to(self) -> Self:
        """Return those that both parties agreed to and that were not dropped: what the plan has to carry out."""
        return self.filter(status__in=COUNTED)

    def late(self, on: date | None = None) -> Self:
        """Return those whose day is over on a day (today)."""
        return self.to_do().filter(due_on__lt=on or timezone.localdate())

    def waiting_for(self, side: str) -> Self:
        """Return those on which a party is to act."""
        return self.filter(acts(side))

    def offered_before(self, moment: datetime) -> Self:
        """Return those that have waited for somebody to agree, as they stand, since before a moment."""
        since_then = Q(offered_at=None, proposed_at__lt=moment) | Q(offered_at__lt=moment)
        return self.filter(since_then, status=MeasureStatus.PROPOSED)

    def in_order(self) -> Self:
        """Return them as a plan is read."""
        return self.order_by("due_on", "pk")

    @transaction.atomic
    def propose(self, *, request: "ServiceRequest", by: User, **facts: Any) -> "Measure":
        """Add a measure of one's own to a plan; the other party is asked to agree. A second click adds none.

        PermissionDenied for who is no party, TransitionError outside the states in which a plan is made.
        """
        row = self._new(request, by, **facts)
        row.full_clean()
        same = {name: getattr(row, name) for name in ("title", "phase", "due_on", "proposed_by")}
        again = self.filter(request=request, proposed_at__gt=since(), **same).order_by("pk").last()
        if again is None:
            row.save()
            plan_emails.measures_proposed(request, by, [row])
        return again or row

    @transaction.atomic
    def pick(
        self, *, request: "ServiceRequest", by: User, standards: Iterable[StandardMeasure]
    ) -> list["Measure"]:
        """Add measures of the library, with the days that follow from the works; return those that were not there."""
        rows = [
            self._new(
                request,
                by,
                standard=standard,
                phase=standard.phase,
                party=standard.party,
                due_on=standard.due_on(*request.span(), timezone.localdate()),
            )
            for standard in standards
        ]
        known = set(self.filter(request=request).values_list("standard", flat=True))
        fresh = [row for row in rows if row.standard_id not in known]
        for row in fresh:
            row.full_clean()
            row.save()
        if fresh:
            plan_emails.measures_proposed(request, by, fresh)
        return fresh

    @transaction.atomic
    def agree(self, *, request: "ServiceRequest", by: User, read: Mapping["Measure", int]) -> list["Measure"]:
        """Agree to many measures of a plan as they were read (version of each): all of them or none, and one mail.

        ValidationError when one was changed meanwhile, TransitionError when one moved, PermissionDenied.
        """
        for row, version in read.items():
            row.agree(by=by, version=version, with_mail=False)
        if read:
            plan_emails.measures_agreed(request, by, list(read))
        return list(read)

    @transaction.atomic
    def counter(
        self,
        *,
        request: "ServiceRequest",
        by: User,
        days: Mapping["Measure", tuple[int, date]],
        reason: str = "",
    ) -> list["Measure"]:
        """Propose other days for measures as they were read (version and day of each): all or none, and one mail.

        ValidationError when one was changed meanwhile, TransitionError when one moved, PermissionDenied.
        """
        moved = []
        for row, (version, day) in days.items():
            was = row.due_on
            row.counter(by=by, due_on=day, reason=reason, version=version, with_mail=False)
            if row.due_on != was:
                moved.append((row, was))
        if moved:
            plan_emails.measures_countered(request, by, moved, reason.strip())
        return [row for row, _was in moved]

    def _new(self, request: "ServiceRequest", by: User, **facts: Any) -> "Measure":
        request.open_plan(by)
        return self.model(request=request, proposed_by=by, proposed_side=request.side_of(by), **facts)
