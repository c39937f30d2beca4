"""The life of a request as a list of moments: what happened, where it is, what is still to come."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext_lazy as _

from hubportal.look.states import State, tables
from spoc.models import OPEN, RequestEvent, ServiceRequest, Side, Status
from spoc.states import label

KIND: Final = "request"


class Moment(NamedTuple):
    """A point of the line; `css` is "now", "todo" or nothing; no `by`: the portal itself, or nobody yet."""

    label: Any
    at: datetime | date | None = None
    by: str = ""
    comment: str = ""
    css: str = ""


def timeline(row: ServiceRequest, side: Side) -> list[Moment]:
    """Return the steps taken, the last one as the present state, and what is to come while it is open."""
    events = list(row.events.select_related("by", "assigned_to"))
    words = tables()[KIND]
    found = [
        Moment(_label(event, words), event.at, event.by.full_name if event.by else "", event.comment)
        for event in events
    ]
    if found:
        # The reader's own word for the state; but that somebody else goes on with it is no state.
        word = label(row, side) if events[-1].assigned_to is None else ""
        found[-1] = found[-1]._replace(label=word or found[-1].label, css="now")
    else:
        found = [Moment(words[Status.DRAFT].label, row.created_at, row.created_by.full_name, css="now")]
    return [*found, *_to_come(row, side)]


def _label(event: RequestEvent, words: Mapping[str, State]) -> Any:
    """Return the state that a step led to; of one that left it where it was, who goes on with it."""
    if event.assigned_to:
        return _("In charge from now on: %(who)s") % {"who": event.assigned_to.full_name}
    return words[event.target].label


def _to_come(row: ServiceRequest, side: Side) -> list[Moment]:
    if row.status not in (Status.DRAFT, *OPEN):
        return []
    found = []
    if row.status == Status.SUBMITTED:
        found.append(Moment(_("Answer"), row.due_on, css="todo"))
    if row.status != Status.DELIVERED:
        is_agreed = row.accepted_at is not None and row.status != Status.WAITING_REQUESTER
        found.append(Moment(_("Delivery"), row.due_on if is_agreed else None, css="todo"))
    if row.accepted_at is None:
        last = _("Closing")
    elif side == row.requesting_side:
        last = _("Your confirmation closes it")
    else:
        last = _("The confirmation of the requester closes it")
    return [*found, Moment(last, css="todo")]
