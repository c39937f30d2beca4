"""Requests, by who may see them and by where they are."""

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Self

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from communes.models import Commune
from communes.models.mandate import with_communes_of
from hubportal import search
from hubportal.accounts.models import User
from spoc import deadlines
from spoc.models.choices import CLOCK_RUNS, OPEN, TAKEN_ON, Direction, Kind, Side, Status
from spoc.models.parties import acts_for, in_charge, seen_by

if TYPE_CHECKING:
    from spoc.models.request import ServiceRequest


FIRST_YEAR: Final = 2019
"""The partnership's first requests."""
FEW: Final = 500
"""Up to so many requests that hold the words looked for, they are looked up first; more are met on the way down."""
NEWEST: Final = 500
"""As many are sorted of what was found, where the list has an order of its own."""


def _by_reference(text: str) -> Q:
    """Return the condition that a reference is meant: D-2026-0147, its beginning, or the number alone."""
    wanted = text.strip().upper()[:12]
    if found := re.fullmatch(r"[0-9]{1,4}", wanted):
        years = range(FIRST_YEAR, timezone.localdate().year + 1)
        return Q(reference__in=[f"D-{year}-{int(found[0]):04d}" for year in years])
    return Q(reference__startswith=wanted) if re.fullmatch(r"D-[0-9-]+", wanted) else Q(pk__in=[])


class RequestQuerySet(models.QuerySet["ServiceRequest"]):
    """Requests."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency, those of their own communes to others; a draft to its own party only."""
        return self.filter(seen_by(user))

    def with_people(self) -> Self:
        """Return them with their commune, who is in charge, and for which communes that person acts today."""
        return with_communes_of(self.select_related("commune", "assigned_to"), "assigned_to")

    def kept(self) -> Self:
        """Return all but the drafts that were given up: never sent, nobody looks for them; their rows stay."""
        return self.exclude(status=Status.WITHDRAWN, submitted_at=None)

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
        return self.filter(in_charge(user))

    def to_work_on(self) -> Self:
        """Return those taken on and not delivered yet: whoever is in charge owes something."""
        return self.filter(status__in=CLOCK_RUNS, accepted_at__isnull=False)

    def to_hand_over(self) -> Self:
        """Return those of which somebody of the agency is in charge."""
        return self.filter(status__in=TAKEN_ON, direction=Direction.TO_AGENCY)

    def late(self, on: date | None = None) -> Self:
        """Return those whose responding party owes something since before a day (today); waiting ones are not."""
        return self.filter(self.is_late(on))

    @staticmethod
    def is_late(on: date | None = None) -> Q:
        """Return the condition that a request is late."""
        return Q(status__in=CLOCK_RUNS, due_on__lt=on or timezone.localdate())

    def search(self, text: str) -> Self:
        """Return those whose reference, title, description, streets or Osiris reference hold the words.

        In French or in Dutch, without accents; give it only requests that the reader may see.
        """
        words, rows = search.matches(text), self.model._base_manager.order_by()
        works = apps.get_model("spoc.ChantierDetails")._base_manager.filter(words).order_by()
        if rows.filter(words)[: FEW + 1].count() > FEW:
            # Words that are everywhere: the list finds enough of them on its way down from the newest.
            streets = Exists(works.filter(pk=OuterRef("pk")))
            return self.filter(words | streets | _by_reference(text))
        # Each by its own index: one condition with OR would read all rows.
        found = rows.filter(words).values("pk").union(
            works.values("pk"), rows.filter(_by_reference(text)).values("pk")
        )  # fmt: skip
        return self.filter(pk__in=found)

    def search_newest(self, text: str) -> tuple[Self, bool]:
        """Return what `search` finds, of more than NEWEST the newest ones, and whether there are more.

        For a list in an order that no index gives: it sorts all that it is given.
        """
        newest = self.search(text).order_by("-created_at", "-pk")
        keys = list(newest.values_list("pk", flat=True)[: NEWEST + 1])
        return self.filter(pk__in=keys[:NEWEST]), len(keys) > NEWEST

    def urgent(self, on: date | None = None) -> Self:
        """Return the open chantiers whose works begin within 30 days of a day (today)."""
        return self.open().filter(self.is_urgent(on))

    @staticmethod
    def is_urgent(on: date | None = None) -> Q:
        """Return the condition that an open request is urgent."""
        day = on or timezone.localdate()
        until = day + timedelta(days=deadlines.URGENT)
        works = apps.get_model("spoc.ChantierDetails")._base_manager.filter(starts_on__range=(day, until))
        # By their keys, which are few: a join would read the works of all that is sorted by it.
        return Q(kind=Kind.CHANTIER, pk__in=works.order_by().values("pk"))

    def begin(
        self, *, by: User, commune: Commune, kind: str, direction: str = Direction.TO_AGENCY
    ) -> "ServiceRequest":
        """Return a new draft, not saved yet; PermissionDenied unless the person acts for the requesting party."""
        side = Side.COMMUNE if direction == Direction.TO_AGENCY else Side.AGENCY
        if not acts_for(by, side, commune.nis):
            raise PermissionDenied(_("You do not act for the party that asks."))
        return self.model(created_by=by, commune=commune, kind=kind, direction=direction)
