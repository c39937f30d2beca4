"""Whose turn it is with a measure: which party is to act, and who may take which step for it."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from hubportal.accounts.models import User
from spoc.models.choices import TO_DO, MeasureStatus, Side, other_side

if TYPE_CHECKING:
    from spoc.models.request import ServiceRequest


class Turns(models.Model):
    """The measure, as each party may go on with it."""

    if TYPE_CHECKING:
        request: "models.ForeignKey[ServiceRequest, ServiceRequest]"
        status: "models.CharField[str, str]"
        party: "models.CharField[str, str]"
        proposed_side: "models.CharField[str, str]"
        is_countered: "models.BooleanField[bool, bool]"

    class Meta:
        abstract = True

    @property
    def asked_side(self) -> Side:
        """The party that is to agree while it is proposed: the other one, or who proposed it once it was answered."""
        return Side(self.proposed_side) if self.is_countered else other_side(self.proposed_side)

    @property
    def acting_side(self) -> Side | None:
        """The party that is to act: to agree, or to do what it owes; None once it ended. As a condition: `acts`."""
        if self.status == MeasureStatus.PROPOSED:
            return self.asked_side
        return Side(self.party) if self.status in TO_DO else None

    def can_be_agree_by(self, user: User) -> bool:
        """Tell whether a person speaks for the party that is to agree."""
        return self.request.is_carried_out and self.request.takes_part(user, self.asked_side)

    def can_be_counter_by(self, user: User) -> bool:
        """Tell whether a person speaks for the party that did not propose it; once more, to correct its answer."""
        return self.request.is_carried_out and self.request.takes_part(user, other_side(self.proposed_side))

    def can_be_change_by(self, user: User) -> bool:
        """Tell whether a person speaks for the party that proposed it."""
        return self.request.is_planned and self.request.takes_part(user, self.proposed_side)

    def can_be_start_by(self, user: User) -> bool:
        """Tell whether a person acts for the responsible party, or follows the plan for the agency."""
        followed = self.request.takes_part(user, Side.AGENCY) or self.request.takes_part(user, self.party)
        return self.request.is_planned and followed

    can_be_finish_by = can_be_postpone_by = can_be_start_by

    def can_be_take_up_by(self, user: User) -> bool:
        """Tell whether a person may say that it is to be done after all, which a delivery would have waited for."""
        return self.request.is_carried_out and self.can_be_start_by(user)

    def can_be_drop_by(self, user: User) -> bool:
        """Tell whether a person takes part in the plan: either party may say that it will not happen."""
        return self.request.can_be_planned_by(user)


def acts(side: str) -> Q:
    """Return where a party is to act, as a condition on measures: `Turns.acting_side`."""
    ours = Q(proposed_side=side)
    asked = Q(status=MeasureStatus.PROPOSED) & (ours & Q(is_countered=True) | ~ours & Q(is_countered=False))
    return asked | Q(status__in=TO_DO, party=side)
