"""Requests, by who may see them and by where they are."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Self

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from communes.models import Commune
from hubportal.accounts.models import User
from spoc import deadlines
from spoc.models.choices import CLOCK_RUNS, OPEN, Direction, Kind, Side, Status
from spoc.models.parties import acts_for, seen_by, stands_in_for

if TYPE_CHECKING:
    from spoc.models.request import ServiceRequest


class RequestQuerySet(models.QuerySet["ServiceRequest"]):
    """Requests."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency, those of their own communes to others; a draft to its own party only."""
        return self.filter(seen_by(user))

    def open(self) -> Self:
        """Return those submitted and not ended."""
        return self.filter(status__in=OPEN)

    def to_triage(self) -> Self:
        """Return those that the agency has neither accepted nor declined yet."""
        return self.filter(status=Status.SUBMITTED, direction=Direction.TO_AGENCY)

    def in_charge_of(self, user: User) -> Self:
        """Return those that name a person, or for whom they stand in today: the rule of `is_in_charge`.

        A lead may act in all of them, but answers for those that name them.
        """
        return self.filter(assigned_to__in={user.pk, *stands_in_for(user)})

    def to_work_on(self) -> Self:
        """Return those taken on and not delivered yet: whoever is in charge owes something."""
        return self.filter(status__in=CLOCK_RUNS, accepted_at__isnull=False)

    def late(self, on: date | None = None) -> Self:
        """Return those whose responding party owes something since before a day (today); waiting ones are not."""
        return self.filter(status__in=CLOCK_RUNS, due_on__lt=on or timezone.localdate())

    def urgent(self, on: date | None = None) -> Self:
        """Return the open chantiers whose works begin within 30 days of a day (today)."""
        return self.open().filter(self.is_urgent(on))

    @staticmethod
    def is_urgent(on: date | None = None) -> Q:
        """Return the condition that an open request is urgent."""
        day = on or timezone.localdate()
        until = day + timedelta(days=deadlines.URGENT)
        return Q(kind=Kind.CHANTIER, chantierdetails__starts_on__range=(day, until))

    def begin(
        self, *, by: User, commune: Commune, kind: str, direction: str = Direction.TO_AGENCY
    ) -> "ServiceRequest":
        """Return a new draft, not saved yet; PermissionDenied unless the person acts for the requesting party."""
        side = Side.COMMUNE if direction == Direction.TO_AGENCY else Side.AGENCY
        if not acts_for(by, side, commune.nis):
            raise PermissionDenied(_("You do not act for the party that asks."))
        return self.model(created_by=by, commune=commune, kind=kind, direction=direction)
