"""Who is written to for a party: only people who may act or read today, and whose address is known."""

from typing import TYPE_CHECKING

from communes.models import Absence
from communes.recipients import answering_for, callers_of, reachable
from hubportal.accounts.models import User

if TYPE_CHECKING:
    from spoc.models import ServiceRequest


def requesters(request: "ServiceRequest") -> list[User]:
    """Return who reads for the requesting party: whoever asked; when they left, those who answer for it now."""
    author = request.created_by
    if request.is_requester(author) and author.is_active:
        return reachable([author])
    return _party(request, request.requesting_side)


def responders(request: "ServiceRequest") -> list[User]:
    """Return who reads for the responding party: the person in charge or their stand-in, else who answers for it."""
    person = request.assigned_to
    if person is not None and request.is_in_charge(person):
        absence = Absence.objects.valid().filter(user=person).select_related("stand_in").first()
        stand_in = absence.stand_in if absence else None
        return reachable([stand_in if stand_in and request.is_in_charge(stand_in) else person])
    return _party(request, request.responding_side)


def contact_at_commune(request: "ServiceRequest") -> User | None:
    """Return with whom the agency talks about a request: whoever asked, or who reads for the commune today."""
    asks = request.requesting_side == "commune"
    if asks and request.is_requester(request.created_by) and reachable([request.created_by]):
        return request.created_by
    return next(iter(requesters(request) if asks else responders(request)), None)


def _party(request: "ServiceRequest", side: str) -> list[User]:
    if side == "commune":
        return answering_for(request.commune)
    return callers_of(request.commune)
