"""The way of a relay note as a list of moments: what happened, where it is, the answer that is still to come."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from hubportal.accounts.models import User
from spoc.models import NoteStatus, RelayNote, RelayNoteEvent
from spoc.timeline import Moment


def timeline(note: RelayNote, user: User) -> list[Moment]:
    """Return the steps taken, the last one as where it is, and the answer while it waits for one: one query."""
    rows = RelayNoteEvent.objects.visible_to(user).filter(subject=note).exclude(verb="recount")
    found = [Moment(pgettext("relay note", "Begun"), note.made_at, note.made_by.full_name)]
    found += [
        Moment(_label(event), event.at, event.by.full_name if event.by else "", event.comment)
        for event in rows.select_related("by").order_by("at", "pk")
    ]
    found[-1] = found[-1]._replace(css="now")
    return [*found, Moment(_("Answer"), note.due_on, css="todo")] if note.waits else found


def _label(event: RelayNoteEvent) -> str:
    """Return what a step did; of an answer, whether all is answered by it."""
    if event.verb == "send":
        return pgettext("relay note", "Sent")
    if event.verb == "acknowledge":
        return pgettext("relay note", "Receipt acknowledged")
    if event.verb == "drop":
        return pgettext("relay note", "Discarded")
    if event.target == NoteStatus.CLOSED:
        return pgettext("relay note", "Closed")
    if event.target == NoteStatus.ANSWERED:
        return pgettext("relay note", "Answered")
    return pgettext("relay note", "Partly answered")
