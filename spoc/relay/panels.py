"""What home shows of relay notes: to leads what is to send, late or answered; to the addressee what waits for them."""

from typing import Final

from hubportal.accounts.models import User
from hubportal.dashboard.panels import Panel
from spoc.models import RelayNote
from spoc.models.note_queryset import RelayNoteQuerySet
from spoc.models.parties import is_lead
from spoc.relay.listing import line

SHOWN: Final = 5


def home(user: User) -> list[Panel]:
    """Return the panels of a person's home page: none where no note waits for them."""
    rows = RelayNote.objects.visible_to(user)
    if is_lead(user):
        return _panel(rows.waiting_for_leads(), user, "lead", 9)
    return _panel(rows.addressed_to(user).waiting().order_by("due_on", "pk"), user, "addressee", 3)


def _panel(rows: RelayNoteQuerySet, user: User, whose: str, order: int) -> list[Panel]:
    found = list(rows.with_subjects()[: SHOWN + 1])
    shown = [line(note, user) for note in found[:SHOWN]]
    context = {"lines": shown, "has_more": len(found) > SHOWN, "whose": whose, "may_begin": is_lead(user)}
    return [Panel("spoc/relay/panels/home.html", context, "main", order)] if found else []
