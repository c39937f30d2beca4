"""By which right an address receives an edition: what proves, person by person, who was written to."""

from datetime import date
from functools import reduce
from itertools import starmap
from operator import or_
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from django.db import models
from django.db.models import BigIntegerField, CharField, Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from communes.models import Delegation, Mandate
from hubportal.accounts.models import AGENCY_ROLES, RoleGrant, User
from mailings.models.extra import ExtraRecipient

if TYPE_CHECKING:
    from mailings.models.delivery import Delivery  # noqa: F401 - the foreign key below

Right = Mandate | Delegation | RoleGrant | ExtraRecipient
"""As what somebody receives an edition."""
FIELDS: Final[dict[type[Right], str]] = {
    Mandate: "mandate",
    Delegation: "delegation",
    RoleGrant: "grant",
    ExtraRecipient: "extra",
}
"""The column of each."""
_OF_A_COMMUNE: Final = Q(mandate__isnull=False) | Q(delegation__isnull=False)


def _only(name: str) -> Q:
    return Q(**{f"{field}__isnull": field != name for field in FIELDS.values()})


_KNOWN: Final = {
    "mandate": _("This message serves this mandate already."),
    "delegation": _("This message serves this delegation already."),
    "grant": _("This message serves this role already."),
    "extra": _("This message serves this extra address already."),
}


def _once(name: str, said: Any) -> models.UniqueConstraint:
    return models.UniqueConstraint(
        fields=["delivery", name],
        condition=Q(**{f"{name}__isnull": False}),
        name=f"served_once_per_{name}",
        violation_error_message=said,
    )


class ServedQuerySet(models.QuerySet["Served"]):
    """Rights by which messages were written."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency, none to others: as the messages."""
        return self if user.has_role(*AGENCY_ROLES) else self.none()

    def of_communes(self) -> "models.QuerySet[Any]":
        """Return those of the people of communes, each with `nis` and `person`: nobody else is counted as theirs."""
        rows: models.QuerySet[Any] = self.filter(_OF_A_COMMUNE).annotate(
            nis=Coalesce("mandate__commune_id", "delegation__commune_id", output_field=CharField()),
            person=Coalesce("mandate__user_id", "delegation__user_id", output_field=BigIntegerField()),
        )
        return rows

    def valid(self, on: date | None = None) -> Self:
        """Return those that hold on a day (today): the right itself, or the same that was given anew.

        Who was elected again holds another mandate in the same commune, and is written to by it.
        """
        same = {
            "mandate": "user commune",
            "delegation": "user commune",
            "grant": "user role",
            "extra": "email",
        }
        rows: dict[str, Any] = {name: right.objects.valid(on).order_by() for right, name in FIELDS.items()}
        rows["grant"] = rows["grant"].filter(user__is_active=True)
        held = (
            Exists(rows[name].filter(**{field: OuterRef(f"{name}__{field}") for field in fields.split()}))
            for name, fields in same.items()
        )
        return self.filter(reduce(or_, map(Q, held)))

    def besides(self) -> Self:
        """Return those of messages that go to no commune: holders of a role, named extra addresses."""
        theirs = Served.objects.filter(_OF_A_COMMUNE, delivery=OuterRef("delivery"))
        return self.exclude(_OF_A_COMMUNE).exclude(Exists(theirs))

    def by_follow_up(self) -> Self:
        """Return those of follow-ups that the relay took and that did not come back: only these leave by themselves."""
        return self.filter(
            delivery__leave_by__isnull=False, delivery__accepted_at__isnull=False,
            delivery__bounced_at__isnull=True,
        )  # fmt: skip

    def to(self, user: User) -> "models.QuerySet[Served, Any]":
        """Return the keys of the messages that a person received, by whichever right."""
        rows = (
            self.filter(**{f"{name}__user": user}).order_by().values("delivery")
            for name in ("mandate", "delegation", "grant")
        )
        first, *others = rows
        return first.union(*others)


class Served(models.Model):
    """A message, and one right that it serves: people may share an address, and somebody may hold two rights."""

    delivery = models.ForeignKey("mailings.Delivery", models.CASCADE, related_name="served")
    mandate = models.ForeignKey(
        Mandate, models.PROTECT, null=True, related_name="+", verbose_name=_("mandate")
    )
    delegation = models.ForeignKey(
        Delegation, models.PROTECT, null=True, related_name="+", verbose_name=_("delegation")
    )
    grant = models.ForeignKey(RoleGrant, models.PROTECT, null=True, related_name="+", verbose_name=_("role"))
    extra = models.ForeignKey(
        ExtraRecipient, models.PROTECT, null=True, related_name="+", verbose_name=_("named extra address")
    )

    objects: ClassVar[models.Manager["Served"]] = ServedQuerySet.as_manager()

    class Meta:
        verbose_name = _("right that a message serves")
        verbose_name_plural = _("rights that messages serve")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=_only("mandate") | _only("delegation") | _only("grant") | _only("extra"),
                name="served_by_one_right",
                violation_error_message=_(
                    "A message serves a mandate, a delegation, a role or an extra address."
                ),
            ),
            *starmap(_once, _KNOWN.items()),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def right(self) -> Right:
        """The one right of the row."""
        found: Right = next(
            getattr(self, name) for name in FIELDS.values() if getattr(self, f"{name}_id") is not None
        )
        return found

    @property
    def name(self) -> str:
        """The name of the person, or of the extra address."""
        right = self.right
        return right.full_name if isinstance(right, ExtraRecipient) else right.user.full_name
