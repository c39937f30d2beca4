"""Delegations: civil servants who act for a commune, no longer than whoever let them is in office without a break."""

from datetime import date
from typing import ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, OuterRef, Q, Value
from django.db.models.functions import Coalesce, Least
from django.db.models.lookups import GreaterThanOrEqual
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from communes.models.commune import Commune
from communes.models.mandate import Mandate, of_own_communes
from hubportal.access.dated import Dated, DatedQuerySet, days, ends_after_start
from hubportal.accounts.models import User


class DelegationQuerySet(DatedQuerySet["Delegation"]):
    """Delegations."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency, those of their own communes to others."""
        return of_own_communes(self, user)

    def valid(self, on: date | None = None) -> Self:
        """Return those that hold on a day: from the first to `Delegation.last_day`."""
        return super().valid(on).lasting(on or timezone.localdate())

    def lasting(self, day: date) -> Self:
        """Return those whose last day, be it by their giver, is not before a day."""
        until = Coalesce(Least("ends_on", _giver_until()), Value(date.max))
        return self.filter(GreaterThanOrEqual(until, day))

    def with_last_day(self) -> Self:
        """Return them with what `Delegation.last_day` asks for, in the same query."""
        return self.annotate(giver_until=_giver_until())

    def latest_ended(self, on: date) -> Self:
        """Return those that began and do not hold on a day, the latest end first; of `with_last_day`."""
        rows = self.filter(starts_on__lte=on).exclude(pk__in=self.valid(on).order_by().values("pk"))
        return rows.order_by(Least("ends_on", "giver_until").desc(nulls_last=True), "pk")


def _giver_until() -> Case:
    theirs = Mandate.objects.filter(user=OuterRef("given_by"), commune=OuterRef("commune"))
    return theirs.unbroken_until_of("starts_on")


class Delegation(Dated):
    """A civil servant who acts for a commune, by the will of a mandate holder."""

    user = models.ForeignKey(
        User, models.PROTECT, related_name="delegations", verbose_name=_("civil servant")
    )
    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="delegations", verbose_name=_("commune")
    )
    given_by = models.ForeignKey(
        User,
        models.PROTECT,
        related_name="delegations_given",
        verbose_name=_("given by"),
        help_text=_("A bourgmestre or échevin of this commune, in office on the first day."),
    )

    TOLD_AS: ClassVar[dict[str, str]] = {"ends_on": "last_day"}
    """What its person is told (hubportal/personal.py) is when it ends, also where its giver's mandate ends it."""

    objects: ClassVar[models.Manager["Delegation"]] = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ["commune", "user__last_name", "-starts_on", "pk"]
        constraints = [
            ends_after_start("delegation_ends_after_start"),
            models.CheckConstraint(
                condition=~Q(user=models.F("given_by")),
                name="delegation_to_somebody_else",
                violation_error_message=_("A person cannot delegate to themselves."),
            ),
            ExclusionConstraint(
                name="delegation_once_per_person",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("commune", RangeOperators.EQUAL),
                    (days(), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person has a delegation here already on some of these days."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)

    @cached_property
    def giver_until(self) -> date | None:
        """Until when its giver is in office in the commune, from its first day on without a break; None: no end."""
        theirs = Mandate.objects.filter(user=self.given_by_id, commune=self.commune_id)
        return theirs.unbroken_until(self.starts_on)

    @property
    def last_day(self) -> date | None:
        """The day after which it does not hold any more: its own, or sooner, with its giver; None: no end yet."""
        return min((day for day in (self.ends_on, self.giver_until) if day), default=None)

    @property
    def has_begun(self) -> bool:
        """Whether its first day has come."""
        return self.starts_on <= timezone.localdate()

    @property
    def is_over(self) -> bool:
        """Whether its last day is today or has passed: there is nothing left to withdraw."""
        return self.last_day is not None and self.last_day <= timezone.localdate()

    @property
    def never_begins(self) -> bool:
        """Whether its giver is not in office on its first day."""
        return self.last_day is not None and self.last_day < self.starts_on

    @property
    def ended_with_giver(self) -> bool:
        """Whether the mandate of its giver ends it, sooner than its own last day."""
        return self.last_day != self.ends_on

    def can_be_withdrawn_by(self, user: User) -> bool:
        """Tell whether a person may end it, today or sooner: who may delegate for its commune, not only its giver."""
        return self.commune.can_be_delegated_by(user)

    def clean(self) -> None:
        """Refuse a giver who holds no mandate in the commune on the first day."""
        super().clean()
        if not (self.given_by_id and self.commune_id and self.starts_on):
            return
        if (
            not Mandate.objects.valid(self.starts_on)
            .filter(user=self.given_by_id, commune=self.commune_id)
            .exists()
        ):
            raise ValidationError(
                {"given_by": _("This person holds no mandate in this commune on the first day.")}
            )
