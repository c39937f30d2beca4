"""What a reader does now about a request, in one line; nothing here reads the database."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hubportal.businessdays import CalendarError, add_business_days
from hubportal.look.dates import short_date
from spoc import deadlines
from spoc.models import ServiceRequest, Side
from spoc.states import label


class NextStep(NamedTuple):
    """The line; `is_mine`: the reader's party must act."""

    text: str
    is_mine: bool


class Line(NamedTuple):
    """A request in a list: the word of its state for this reader, and what to do."""

    row: ServiceRequest
    label: str | Promise
    next: NextStep


_ENDED: Final[Mapping[str, tuple[bool, Any]]] = {
    "closed": (False, _("Nothing to do: it ended as “%(outcome)s”.")),
    "declined": (False, _("Nothing to do: the reason is in the request.")),
    "withdrawn": (False, _("Nothing to do: it was withdrawn.")),
}
_ASKING: Final[Mapping[str, tuple[bool, Any]]] = {
    "draft": (True, _("Your step: check this draft and submit it.")),
    "submitted": (False, _("Nothing to do: an answer comes by %(day)s.")),
    "accepted": (False, _("Nothing to do: %(who)s delivers by %(day)s.")),
    "in_progress": (False, _("Nothing to do: %(who)s delivers by %(day)s.")),
    "waiting_requester": (True, _("Your step: answer the question of %(who)s.")),
    "delivered": (True, _("Your step: say by %(last_day)s whether it was useful.")),
    **_ENDED,
}
_ANSWERING: Final[Mapping[str, tuple[bool, Any]]] = {
    "draft": (False, _("Nothing to do: the other party is still writing.")),
    "submitted": (True, _("Next step: accept or decline by %(day)s.")),
    "accepted": (True, _("Next step: start, and deliver by %(day)s.")),
    "in_progress": (True, _("Next step: deliver by %(day)s.")),
    "waiting_requester": (False, _("Nothing to do: the other party is to answer.")),
    "delivered": (False, _("Nothing to do: the other party says by %(last_day)s whether it was useful.")),
    **_ENDED,
}
_LATE: Final = (False, _("It was due on %(day)s and is late: call the agency, the number is in the request."))


def next_step(row: ServiceRequest, side: Side) -> NextStep:
    """Return what a reader of a party does now; `assigned_to` should be selected."""
    asking = side == row.requesting_side
    is_mine, text = (_ASKING if asking else _ANSWERING)[row.status]
    if asking and side == Side.COMMUNE and row.is_late():
        is_mine, text = _LATE
    facts = {
        "day": short_date(row.due_on) if row.due_on else "",
        "who": row.assigned_to.full_name if row.assigned_to else "",
        "last_day": last_day_to_confirm(row),
        "outcome": row.get_outcome_display(),
    }
    return NextStep(text % facts, is_mine)


def last_day_to_confirm(row: ServiceRequest) -> str:
    """Return the day after which what was delivered counts as confirmed; empty when nothing was."""
    if row.delivered_at is None:
        return ""
    try:
        return short_date(add_business_days(deadlines.day_of(row.delivered_at), deadlines.CONFIRM))
    except CalendarError:
        return ""


def line(row: ServiceRequest, side: Side) -> Line:
    """Return a request as a list shows it."""
    return Line(row, label(row, side), next_step(row, side))
