"""Whose approval an edition has: two people who wrote none of it, one of the agency and one of the cabinet."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from hubportal.accounts.models import Role, User
from mailings.models.choices import STEERERS, Capacity, Decision

if TYPE_CHECKING:
    from mailings.models.approval import Approval
    from mailings.models.edition import Edition

NEEDED: Final = (Capacity.AGENCY, Capacity.CABINET)
Standing = dict[Capacity, "Approval"]


def standing(mailing: "Edition") -> Standing:
    """Return the approvals that hold now: of this very text, given since it was last submitted, not withdrawn."""
    return held(mailing, mailing.approvals.select_related("user").order_by("at", "pk"))


def held(mailing: "Edition", decisions: "Iterable[Approval]") -> Standing:
    """Return the same from decisions that were read already, oldest first."""
    found: dict[int, Approval] = {}
    for row in decisions:
        if row.decision == Decision.SUBMITTED:
            found.clear()
        elif row.decision == Decision.WITHDRAWN:
            found.pop(row.user_id, None)
        elif row.decision == Decision.REMARKED:
            # A side of which somebody asks for changes does not approve the text as it stands, whoever did before.
            found = {
                person: earlier
                for person, earlier in found.items()
                if earlier.capacity != row.capacity and person != row.user_id
            }
        elif row.decision == Decision.APPROVED and row.content_hash == mailing.content_hash:
            found[row.user_id] = row
    return {Capacity(row.capacity): row for row in found.values()}


def open_remarks(mailing: "Edition", decisions: "Iterable[Approval]") -> "list[Approval]":
    """Return the changes that were asked for of this very text and not taken back, oldest first."""
    return [row for row in asked_changes(decisions) if row.version == mailing.version]


def asked_changes(decisions: "Iterable[Approval]") -> "list[Approval]":
    """Return the changes that were asked for since it was last submitted, of whatever version, oldest first.

    The latest word of each side counts: its own approval settles what it asked for, that of the other side does not.
    """
    last: dict[str, Approval] = {}
    for row in decisions:
        if row.decision == Decision.SUBMITTED:
            last.clear()
        else:
            last[row.capacity] = row
    asked = (row for row in last.values() if row.decision == Decision.REMARKED)
    return sorted(asked, key=lambda row: (row.at, row.pk))


def missing(approvals: Standing) -> list[Capacity]:
    """Return for whom somebody must still approve."""
    return [capacity for capacity in NEEDED if capacity not in approvals]


def capacities_of(user: User) -> list[Capacity]:
    """Return as what a person may approve."""
    found = [Capacity.CABINET] if user.has_role(Role.CABINET) else []
    return [*found, *([Capacity.AGENCY] if user.has_role(*STEERERS) else [])]


def capacity_to_approve(mailing: "Edition", user: User, approvals: Standing | None = None) -> Capacity | None:
    """Return as what a person may approve now; None for an author, or who approved already, or when it is done.

    With the approvals that hold, and an edition read `with_review`, nothing is asked of the database.
    """
    own = capacities_of(user)
    if not own or user in mailing.authors.all():
        return None
    given = standing(mailing) if approvals is None else approvals
    if user.pk in {row.user_id for row in given.values()}:
        return None
    return next((capacity for capacity in own if capacity not in given), None)
