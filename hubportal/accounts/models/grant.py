"""Roles, given to people for a time."""

from typing import ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from hubportal.access.dated import Dated, DatedQuerySet, days, ends_after_start
from hubportal.accounts.models.person import User
from hubportal.accounts.roles import AGENCY_ROLES, Role


class RoleGrantQuerySet(DatedQuerySet["RoleGrant"]):
    """Grants."""

    def visible_to(self, user: User) -> Self:
        """Return the grants a person may see: the agency's people see all, everybody else their own."""
        if user.has_role(*AGENCY_ROLES):
            return self
        return self.filter(user=user)


class RoleGrant(Dated):
    """A role, given to a person for a time."""

    user = models.ForeignKey(User, models.PROTECT, related_name="grants", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    objects: ClassVar[models.Manager["RoleGrant"]] = RoleGrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["user", "-starts_on", "pk"]
        constraints = [
            ends_after_start("rolegrant_ends_after_start"),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values),
                name="rolegrant_known_role",
                violation_error_message=_("This role does not exist."),
            ),
            ExclusionConstraint(
                name="rolegrant_once_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (days(), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person holds this role already on some of these days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.get_role_display()}"
