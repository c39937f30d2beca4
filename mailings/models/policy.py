"""Who may see an edition, said once for the edition and for every row that is a part of it."""

from typing import Any, Final, Self, TypeVar

from django.apps import apps
from django.db import models
from django.db.models import Q

from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.accounts.roles import OUTSIDE_ROLES
from mailings.models.choices import Status

Row = TypeVar("Row", bound=models.Model, covariant=True)
NOBODY = Q(pk__in=[])


def seen_by(user: User, edition: str = "") -> Q:
    """Return the condition: all for the agency; for cabinet and task force what was submitted; else what was sent.

    Whoever acts for a commune today reads every edition that was sent: all 19 have the same information. One that
    was held up or cancelled half way is read by those who may have received it: its link stands in their mail.
    `edition` is the way from the row to its edition, such as "mailing__".
    """
    if user.has_role(*AGENCY_ROLES):
        return Q()
    is_sent = Q(**{f"{edition}status": Status.SENT})
    if user.has_role(*OUTSIDE_ROLES):
        return is_sent | Q(**{f"{edition}submitted_at__isnull": False})
    if not user.has_rights_today():
        return NOBODY
    received: Any = apps.get_model("mailings", "Delivery")._default_manager
    return is_sent | Q(**{f"{edition}pk__in": received.serving(user).perhaps_arrived().values("mailing")})


FOLLOWERS: Final = (*AGENCY_ROLES, *OUTSIDE_ROLES)
"""Who may watch an edition leave: the agency, the cabinet, the task force."""


class PartQuerySet(models.QuerySet[Row]):
    """Rows that are a part of an edition."""

    def visible_to(self, user: User) -> Self:
        """Return the parts of the editions that a person may see."""
        return self.filter(seen_by(user, "mailing__"))


class FollowedQuerySet(PartQuerySet[Row]):
    """Rows that tell how an edition left; they name people of every commune."""

    def visible_to(self, user: User) -> Self:
        """Return those of the editions that a person may see, to who may watch them leave; none to communes."""
        return super().visible_to(user) if user.has_role(*FOLLOWERS) else self.none()
