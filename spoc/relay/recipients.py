"""Who is written to about a relay note: the addressee of the day, and the leads."""

from communes.recipients import leads, reachable
from hubportal.accounts.models import User
from spoc.models.concern_choices import ADDRESSED_ROLES, Addressee
from spoc.models.note_facts import NoteFacts


def holders(note: NoteFacts) -> list[User]:
    """Return who is the addressee today and can be reached; nobody of an administration is known here."""
    role = ADDRESSED_ROLES.get(Addressee(note.addressee))
    return reachable(User.objects.holding([role]).order_by("last_name", "pk")) if role else []


def reminded(note: NoteFacts) -> list[User]:
    """Return who is reminded before and on the day: the addressee, else the leads, who ask for the answer."""
    return holders(note) or leads()
