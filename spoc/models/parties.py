"""Who is who in a request: the requesting and the responding party, the person in charge; who may take which step.

Rights follow mandates, assignments and absences of today. Nothing here says "customer" or "agent": requests go
both ways.
"""

from django.db.models import Q
from django.utils import timezone

from communes.context import served_communes
from communes.models import Commune
from communes.models.mandate import communes_of
from communes.models.spoc import communes_served_by, stands_in_for
from hubportal.accounts.models import AGENCY_ROLES, Role, User
from hubportal.accounts.roles import OUTSIDE_ROLES
from spoc import deadlines
from spoc.models.choices import OPEN, TAKEN_ON, Direction, Kind, Side, Status
from spoc.models.facts import RequestFacts


def seen_by(user: User, path: str = "") -> Q:
    """Return who sees what, as a condition on requests, or on rows that lead to one by `path` ("request__").

    The agency sees every request, a commune its own; but a draft belongs to the party that writes it. Cabinet
    and task force see none.
    """
    is_sent = Q(**{f"{path}submitted_at__isnull": False})
    if user.has_role(*AGENCY_ROLES):
        return is_sent | Q(**{f"{path}direction": Direction.TO_COMMUNE})
    own = Q(**{f"{path}commune__in": communes_of(user)})
    return own & (is_sent | Q(**{f"{path}direction": Direction.TO_AGENCY}))


def reads_requests(user: User) -> bool:
    """Tell whether a person reads any request today: the agency does, and whoever acts for a commune."""
    return user.has_role(*AGENCY_ROLES) or bool(communes_of(user))


def reads_notes(user: User) -> bool:
    """Tell whether a person reads relay notes and all answers to them: agency, cabinet and task force do."""
    return user.has_role(*AGENCY_ROLES, *OUTSIDE_ROLES)


def communes_asked_by(user: User) -> list[Commune]:
    """Return the communes that a person may ask something for the agency: leads all, a SPOC those they serve."""
    if user.has_role(Role.LEAD):
        return list(Commune.objects.order_by("nis"))
    return served_communes(user)


def in_charge(user: User, path: str = "") -> Q:
    """Return what names a person, or whom they stand in for today, as a condition on requests, or by `path` to them."""
    return Q(**{f"{path}assigned_to__in": {user.pk, *stands_in_for(user)}})


def acts_for(user: User, side: str, nis: str) -> bool:
    """Tell whether a person acts for a party today: for the agency its SPOC, their stand-in, or any lead."""
    if side == Side.COMMUNE:
        return nis in communes_of(user)
    return user.has_role(Role.LEAD) or nis in communes_served_by(user)


def is_lead(user: User) -> bool:
    """Tell whether a person is a lead today: they write notes to the Region, send and close them, publish answers."""
    return user.has_role(Role.LEAD)


def belongs_to(user: User, side: str, nis: str) -> bool:
    """Tell whether a person may be put in charge by a party: anybody of the agency, anybody of the commune."""
    return nis in communes_of(user) if side == Side.COMMUNE else user.has_role(*AGENCY_ROLES)


class Parties(RequestFacts):
    """The request, seen as two parties."""

    class Meta:
        abstract = True

    @property
    def requesting_side(self) -> Side:
        """The party that asks."""
        return Side.COMMUNE if self.direction == Direction.TO_AGENCY else Side.AGENCY

    @property
    def responding_side(self) -> Side:
        """The party that is asked."""
        return Side.AGENCY if self.direction == Direction.TO_AGENCY else Side.COMMUNE

    def side_of(self, user: User) -> Side:
        """Return the party for which a person speaks here."""
        return Side.AGENCY if user.has_role(*AGENCY_ROLES) else Side.COMMUNE

    def is_requester(self, user: User) -> bool:
        """Tell whether a person acts for the requesting party today."""
        return acts_for(user, self.requesting_side, self.commune_id)

    def is_responder(self, user: User) -> bool:
        """Tell whether a person acts for the responding party today, or is in charge."""
        return acts_for(user, self.responding_side, self.commune_id) or self.is_in_charge(user)

    def is_party(self, user: User) -> bool:
        """Tell whether a person takes part today, for either party."""
        return self.is_requester(user) or self.is_responder(user)

    def is_in_charge(self, user: User) -> bool:
        """Tell whether a person is in charge today: named, standing in for who is, or a lead.

        When the person named no longer belongs to the party, whoever acts for the party is.
        """
        if self.assigned_to is None or not belongs_to(user, self.responding_side, self.commune_id):
            return False
        if user.pk == self.assigned_to_id or user.has_role(Role.LEAD):
            return True
        if not belongs_to(self.assigned_to, self.responding_side, self.commune_id):
            return acts_for(user, self.responding_side, self.commune_id)
        return self.assigned_to_id in stands_in_for(user)

    def is_the_partys(self, user: User) -> bool:
        """Tell whether a person belongs to the responding party today, in charge or not."""
        return belongs_to(user, self.responding_side, self.commune_id)

    def is_the_agencys(self, user: User) -> bool:
        """Tell whether a person is the SPOC here, their stand-in, or a lead."""
        return acts_for(user, Side.AGENCY, self.commune_id)

    def takes_part(self, user: User, side: str) -> bool:
        """Tell whether a person acts for a party in this request: for the responding one who is in charge, too."""
        if acts_for(user, side, self.commune_id):
            return True
        return side == self.responding_side and self.is_in_charge(user)

    # --- Who may take which step -------------------------------------------------------------------------------

    can_be_submit_by = can_be_confirm_by = can_be_withdraw_by = is_requester
    can_be_accept_by = can_be_decline_by = can_be_ask_by = can_be_close_by = can_be_reassign_by = is_responder
    can_be_start_by = can_be_deliver_by = is_in_charge
    can_be_resume_by = is_the_agencys

    def can_be_reopen_by(self, user: User) -> bool:
        """Tell whether a person may reopen: the SPOC at any time, the requester for a time."""
        if self.is_the_agencys(user):
            return True
        ended = self.closed_at or self.delivered_at
        in_time = ended is None or deadlines.can_be_reopened(ended, timezone.localdate())
        return in_time and self.is_requester(user)

    # --- Who may write -----------------------------------------------------------------------------------------

    def can_be_edited_by(self, user: User) -> bool:
        """Tell whether a person may change what is asked: the requesting party, while it is a draft."""
        return self.status == Status.DRAFT and self.is_requester(user)

    def can_be_answered_by(self, user: User) -> bool:
        """Tell whether a person may write to the other party: both parties, until the request has ended."""
        return self.status in OPEN and self.is_party(user)

    def can_be_added_to_by(self, user: User) -> bool:
        """Tell whether a person may add a deliverable: whoever is in charge, until it is delivered."""
        return self.status in (Status.ACCEPTED, Status.IN_PROGRESS) and self.is_in_charge(user)

    @property
    def has_terms(self) -> bool:
        """Whether what is delivered says who may have it: data and studies; all else concerns the two parties."""
        return self.kind == Kind.AUDIT

    @property
    def is_planned(self) -> bool:
        """Whether its plan of measures is made and followed: from its acceptance until it ends."""
        return self.status in TAKEN_ON

    @property
    def is_carried_out(self) -> bool:
        """Whether something can still be added to what is to be done: until it is delivered."""
        return self.is_planned and self.status != Status.DELIVERED

    def can_be_planned_by(self, user: User) -> bool:
        """Tell whether a person may propose measures: both parties, while somebody is in charge."""
        return self.is_planned and self.is_party(user)

    def can_be_introduced_by(self, user: User) -> bool:
        """Tell whether a person may introduce the commune to somebody: who acts for the agency, while it is open."""
        return self.status in OPEN and self.takes_part(user, Side.AGENCY)

    @property
    def is_steered(self) -> bool:
        """Whether both parties meet about it: about works and projects; an audit is only delivered."""
        return self.kind != Kind.AUDIT

    def can_be_met_about_by(self, user: User) -> bool:
        """Tell whether a person may plan a steering meeting: both parties, while the plan is made."""
        return self.is_steered and self.can_be_planned_by(user)

    def can_be_noted_by(self, user: User) -> bool:
        """Tell whether a person may leave a note that only the agency reads, now or once it has ended."""
        may = self.is_the_agencys(user) or (self.side_of(user) == Side.AGENCY and self.is_in_charge(user))
        return self.submitted_at is not None and may
