"""Who reads how much of an agreement, and who writes in it: by rights of today."""

from typing import Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from communes.models.mandate import communes_of
from communes.models.spoc import communes_served_by
from conventions.models.choices import SHARED
from hubportal.accounts.models import AGENCY_ROLES, STEWARDS, User

OF_ONE: Final = Q(convention__isnull=False, amendment__isnull=True) | Q(
    convention__isnull=True, amendment__isnull=False
)
"""A part belongs to a convention or to an amendment."""
NOT_OF_ONE: Final = _("It belongs to a convention or to an amendment.")


def text_seen_by(user: User, agreement: str = "", commune: str = "commune") -> Q:
    """Return whose texts a person reads, as a condition on rows.

    The agency reads all; a commune its own, from the negotiation on, also when it was abandoned after that;
    nobody else any. `agreement` and `commune` are the paths from the rows ("convention__").
    """
    if user.has_role(*AGENCY_ROLES):
        return Q()
    own = Q(**{f"{commune}__in": communes_of(user)})
    was_shared = Q(**{f"{agreement}status": "abandoned", f"{agreement}shared_at__isnull": False})
    return own & (Q(**{f"{agreement}status__in": SHARED}) | was_shared)


def part_seen_by(user: User) -> Q:
    """Return the same for rows that belong to a convention, or (`convention` empty) to an amendment."""
    if user.has_role(*AGENCY_ROLES):
        return Q()
    return text_seen_by(user, "convention__", "convention__commune") | text_seen_by(
        user, "amendment__", "amendment__convention__commune"
    )


def writes_for(user: User, nis: str) -> bool:
    """Tell whether a person writes in the drafts of a commune: leads, its SPOC of today, who stands in for them."""
    if user.has_role(*STEWARDS):
        return True
    return nis in communes_served_by(user)
