"""Who sees a concern, and who may take which step of it. Rights follow mandates, assignments and absences of today."""

from datetime import date

from django.db.models import Q

from communes.models.mandate import communes_of
from hubportal.accounts.models import AGENCY_ROLES, User
from spoc import deadlines
from spoc.models.choices import Side
from spoc.models.concern_choices import CONCERN_OPEN, UNANSWERED, ConcernStatus, Urgency
from spoc.models.concern_facts import ConcernFacts
from spoc.models.parties import acts_for, is_lead

NOTHING = Q(pk__in=[])
IS_URGENT = Q(urgency=Urgency.URGENT, status__in=UNANSWERED)


def concerns_seen_by(user: User, path: str = "") -> Q:
    """Return who sees what, as a condition on concerns, or on rows that lead to one by `path` ("concern__").

    The agency sees all, a commune its own, and those of others that are shared and not withdrawn. Cabinet and
    task force see none: what was relayed to them they read in the note as it was sent (`SentNote`), which knows
    of no confidential one whose it is.
    """
    if user.has_role(*AGENCY_ROLES):
        return Q()
    own = communes_of(user)
    if not own:
        return NOTHING
    is_shared = Q(**{f"{path}is_shareable": True}) & ~Q(**{f"{path}status": ConcernStatus.WITHDRAWN})
    return Q(**{f"{path}commune__in": own}) | is_shared


class ConcernParties(ConcernFacts):
    """A concern, seen as its commune and the agency."""

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        """Whether it is raised and not ended."""
        return self.status in CONCERN_OPEN

    @property
    def is_urgent(self) -> bool:
        """Whether it is urgent and unanswered; what was answered is in no hurry any more (`IS_URGENT`)."""
        return self.urgency == Urgency.URGENT and self.status in UNANSWERED

    @property
    def is_confidential(self) -> bool:
        """Whether other communes may not know of it, nor an addressee whose it is."""
        return not self.is_shareable

    @property
    def closes_on(self) -> date | None:
        """The day on which it closes by itself, None unless it is answered."""
        if self.status != ConcernStatus.ANSWERED or self.answered_at is None:
            return None
        return deadlines.concern_closes_on(self.answered_at)

    def side_of(self, user: User) -> Side:
        """Return the party for which a person speaks here."""
        return Side.AGENCY if user.has_role(*AGENCY_ROLES) else Side.COMMUNE

    def is_raisers(self, user: User) -> bool:
        """Tell whether a person acts for the commune that raised it, today."""
        return acts_for(user, Side.COMMUNE, self.commune_id)

    def is_the_agencys(self, user: User) -> bool:
        """Tell whether a person is the SPOC of its commune today, their stand-in, or a lead."""
        return acts_for(user, Side.AGENCY, self.commune_id)

    def is_party(self, user: User) -> bool:
        """Tell whether a person takes part today, for either party."""
        return self.is_raisers(user) or self.is_the_agencys(user)

    def can_be_followed_by(self, user: User) -> bool:
        """Tell whether a person reads its way and who read it: the agency, and its commune.

        Another commune, with which it is shared, reads what is asked and answered.
        """
        return user.has_role(*AGENCY_ROLES) or self.is_raisers(user)

    def is_leads(self, user: User) -> bool:
        """Tell whether a person is a lead today: they send notes, and close them."""
        return is_lead(user)

    # --- Who may take which step -------------------------------------------------------------------------------

    can_be_qualify_by = can_be_requalify_by = can_be_join_group_by = is_the_agencys
    can_be_answer_locally_by = can_be_decline_relay_by = can_be_answer_by = is_the_agencys
    can_be_relay_by = is_leads
    can_be_close_by = can_be_reopen_by = can_be_withdraw_by = can_be_settle_by = is_raisers

    def can_be_leave_group_by(self, user: User) -> bool:
        """Tell whether a person may take it out of its group."""
        return self.group_id is not None and self.is_the_agencys(user)

    # --- Who may write -----------------------------------------------------------------------------------------

    def can_be_written_to_by(self, user: User) -> bool:
        """Tell whether a person may write to the other party: both parties, until it has ended."""
        return self.is_open and self.is_party(user)

    def can_be_asked_about_by(self, user: User) -> bool:
        """Tell whether a person may ask the commune something: who acts for the agency, until it has ended."""
        return self.is_open and self.is_the_agencys(user)

    def can_be_noted_by(self, user: User) -> bool:
        """Tell whether a person may leave a note that only the agency reads."""
        return user.has_role(*AGENCY_ROLES)

    def can_be_shared_by(self, user: User) -> bool:
        """Tell whether a person may choose who reads it: its commune, until it has ended."""
        return self.is_open and self.is_raisers(user)
