"""Who serves a commune: its SPOC, exactly one a day, and the stand-in during an absence."""

from datetime import date
from typing import Any, ClassVar, Final, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from communes.models.commune import Commune
from hubportal.access.dated import Dated, DatedQuerySet, days, ends_after_start
from hubportal.accounts import rights
from hubportal.accounts.models import AGENCY_ROLES, RoleGrant, User


class AssignmentQuerySet(DatedQuerySet["Assignment"]):
    """Assignments."""

    def visible_to(self, user: User) -> Self:
        """Return all to whoever holds any right today: everybody must know whom to call."""
        return self if user.has_rights_today() else self.none()


class Assignment(Dated):
    """The SPOC of a commune for a time."""

    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="assignments", verbose_name=_("commune")
    )
    user = models.ForeignKey(User, models.PROTECT, related_name="assignments", verbose_name=_("SPOC"))

    objects: ClassVar[models.Manager["Assignment"]] = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("SPOC assignment")
        verbose_name_plural = _("SPOC assignments")
        ordering = ["commune", "-starts_on", "pk"]
        constraints = [
            ends_after_start("assignment_ends_after_start"),
            ExclusionConstraint(
                name="assignment_one_spoc_a_day",
                expressions=[("commune", RangeOperators.EQUAL), (days(), RangeOperators.OVERLAPS)],
                violation_error_message=_(
                    "This commune has a SPOC on some of these days already: end that assignment first."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commune} – {self.user}"

    def clean(self) -> None:
        """Refuse somebody who does not work at the agency on the first day."""
        super().clean()
        if self.user_id and self.starts_on:
            _must_work_at_agency(self, "user")


class AbsenceQuerySet(DatedQuerySet["Absence"]):
    """Absences."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency; communes read the outcome, `who_to_call`, not the list of absences."""
        return self if user.has_role(*AGENCY_ROLES) else self.none()


class Absence(Dated):
    """Days on which a SPOC is away, and who stands in; an absence has an end."""

    user = models.ForeignKey(User, models.PROTECT, related_name="absences", verbose_name=_("who is away"))
    stand_in = models.ForeignKey(User, models.PROTECT, related_name="stand_ins", verbose_name=_("stand-in"))

    objects: ClassVar[models.Manager["Absence"]] = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["-starts_on", "pk"]
        constraints = [
            ends_after_start("absence_ends_after_start"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=False),
                name="absence_has_an_end",
                violation_error_message=_("An absence has a last day."),
            ),
            models.CheckConstraint(
                condition=~Q(user=F("stand_in")),
                name="absence_stand_in_is_another",
                violation_error_message=_("Somebody else must stand in."),
            ),
            ExclusionConstraint(
                name="absence_once_at_a_time",
                expressions=[("user", RangeOperators.EQUAL), (days(), RangeOperators.OVERLAPS)],
                violation_error_message=_("This person is away already on some of these days."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)

    def clean(self) -> None:
        """Refuse an open end, and a stand-in who does not work at the agency on the first day."""
        super().clean()
        if self.ends_on is None:
            raise ValidationError({"ends_on": _("An absence has a last day.")})
        if self.stand_in_id and self.starts_on:
            _must_work_at_agency(self, "stand_in")
            self._refuse_two_away()

    def _refuse_two_away(self) -> None:
        """Refuse a stand-in who is away on one of these days, and somebody away who stands in on one of them."""
        same_days = Absence.objects.exclude(pk=self.pk).filter(
            starts_on__lte=self.ends_on, ends_on__gte=self.starts_on
        )
        if same_days.filter(user=self.stand_in_id).exists():
            raise ValidationError(
                {"stand_in": _("This person is away on some of these days: choose somebody else.")}
            )
        if self.user_id and (
            stood_in := same_days.filter(stand_in=self.user_id).select_related("user").first()
        ):
            message = _(
                "This person stands in for %(name)s on some of these days: change that absence first."
            )
            raise ValidationError({"user": ValidationError(message, params={"name": stood_in.user})})


def _must_work_at_agency(row: Assignment | Absence, field: str) -> None:
    person = getattr(row, f"{field}_id")
    if not RoleGrant.objects.valid(row.starts_on).filter(user=person, role__in=AGENCY_ROLES).exists():
        raise ValidationError({field: _("This person holds no role at the agency on the first day.")})


# --- Who serves which commune: the one place that says so ----------------------------------------------------


_SERVES: Final = "serves"
_STANDS_IN: Final = "stands in for"


def communes_served_by(user: User) -> frozenset[str]:
    """Return the NIS codes of the communes that a person serves today, as SPOC or as their stand-in."""
    return rights.held_today(user)[_SERVES] if user.has_role(*AGENCY_ROLES) else frozenset()


def stands_in_for(user: User) -> frozenset[int]:
    """Return the keys of the people for whom a person stands in today."""
    return frozenset(map(int, rights.held_today(user)[_STANDS_IN]))


def serving_rows(person: int, day: date) -> "list[models.QuerySet[Any, Any]]":
    """Return what a person does for others on a day, as rows of their rights; who is away may have no commune."""
    away = Absence.objects.valid(day).filter(stand_in=person).order_by()
    theirs = Q(user=person) | Q(user__in=away.values("user"))
    served = Assignment.objects.valid(day).filter(theirs).order_by()
    absent = Cast("user_id", models.CharField())
    return [
        served.values_list(Value(_SERVES), "commune_id"), away.values_list(Value(_STANDS_IN), absent),
    ]  # fmt: skip
