"""What a reader does now about a request, in one line: the same rules as the buttons, in words.

A list asks the database once, however long it is: `lines`.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from communes.models.mandate import know_communes_of
from communes.models.spoc import communes_served_by
from hubportal.accounts.models import User
from hubportal.look.dates import short_date
from spoc import deadlines
from spoc.models import Direction, Message, ServiceRequest, Side, Status
from spoc.models.parties import in_charge
from spoc.states import label


class NextStep(NamedTuple):
    """The line; `is_mine`: the reader, or whoever acts for their party, must act."""

    text: str
    is_mine: bool


class Line(NamedTuple):
    """A request, or a concern, in a list: the word of its state for this reader, and what to do."""

    row: Any
    label: str | Promise
    next: NextStep


Words = tuple[bool, Any]

_ENDED: Final[Mapping[str, Words]] = {
    "closed": (False, _("Nothing to do: it ended as “%(outcome)s”.")),
    "declined": (False, _("Nothing to do: the reason is in the request.")),
    "withdrawn": (False, _("Nothing to do: it was withdrawn.")),
}
_ASKING: Final[Mapping[str, Words]] = {
    "draft": (True, _("Your step: check this draft and submit it.")),
    "submitted": (False, _("Nothing to do: an answer comes by %(day)s.")),
    "accepted": (False, _("Nothing to do: %(who)s delivers by %(day)s.")),
    "in_progress": (False, _("Nothing to do: %(who)s delivers by %(day)s.")),
    "waiting_requester": (True, _("Your step: answer the question.")),
    "delivered": (True, _("Your step: say by %(last_day)s whether it was useful.")),
    **_ENDED,
}
_ANSWERING: Final[Mapping[str, Words]] = {
    "draft": (False, _("Nothing to do: %(other)s is still writing.")),
    "submitted": (True, _("Your step: accept or decline by %(day)s.")),
    "accepted": (True, _("Your step: start, and deliver by %(day)s.")),
    "in_progress": (True, _("Your step: deliver by %(day)s.")),
    "waiting_requester": (False, _("Nothing to do: %(other)s is to answer.")),
    "delivered": (False, _("Nothing to do: %(other)s says by %(last_day)s whether it was useful.")),
    **_ENDED,
}
_ANSWERING_LATE: Final[Mapping[str, Words]] = {
    "submitted": (True, _("Your step: accept or decline; an answer was due on %(day)s.")),
    "accepted": (True, _("Your step: start, and deliver; it was due on %(day)s.")),
    "in_progress": (True, _("Your step: deliver; it was due on %(day)s.")),
}
# Many of the agency read a request that one of them answers.
_DESK: Final[Mapping[str, Words]] = {
    **_ANSWERING,
    "submitted": (True, _("Next step: accept or decline by %(day)s.")),
    "accepted": (True, _("Next step: start, and deliver by %(day)s.")),
    "in_progress": (True, _("Next step: deliver by %(day)s.")),
}
_ASKED_LATE: Final[Mapping[Side, Words]] = {
    Side.COMMUNE: (
        False,
        _("It was due on %(day)s and is late: call the agency, the number is in the request."),
    ),
    Side.AGENCY: (False, _("It was due on %(day)s and is late: call the commune.")),
}
_COLLEAGUE_LATE: Final[Words] = (False, _("Nothing to do: %(who)s delivers; it was due on %(day)s."))
_THE_SPOCS: Final[Words] = (False, _("Nothing to do: the SPOC of the commune takes the next step."))


def next_step(row: ServiceRequest, user: User) -> NextStep:
    """Return what a reader does now; `commune` and `assigned_to` should be selected."""
    side = row.side_of(user)
    is_mine, text = _words(row, side, user)
    facts = {
        "day": short_date(row.due_on) if row.due_on else "",
        "who": row.assigned_to.full_name if row.assigned_to else "",
        "other": Side.AGENCY.label if side == Side.COMMUNE else row.commune.name,
        "last_day": last_day_to_confirm(row),
        "outcome": row.get_outcome_display(),
    }
    return NextStep(text % facts, is_mine)


def _words(row: ServiceRequest, side: Side, user: User) -> Words:
    is_late = row.is_late()
    if side == row.requesting_side:
        if is_late:
            return _ASKED_LATE[side]
        words = _ASKING[row.status]
        return _THE_SPOCS if words[0] and not row.is_requester(user) else words
    if side == Side.AGENCY:
        return _DESK[row.status]
    # Anybody of the commune answers; what was taken on is delivered by whoever is in charge.
    if row.accepted_at and row.clock_runs and not row.can_be_deliver_by(user):
        return _COLLEAGUE_LATE if is_late else _ASKING[row.status]
    return (_ANSWERING_LATE if is_late else _ANSWERING)[row.status]


def awaits(side: Side) -> Q:
    """Return where a party has a step to take, as a condition on requests."""
    asks, answers = Direction.TO_AGENCY, Direction.TO_COMMUNE
    if side == Side.AGENCY:
        asks, answers = answers, asks
    return Q(direction=asks, status__in=_mine(_ASKING)) | Q(direction=answers, status__in=_mine(_ANSWERING))


def waiting_for(user: User) -> Q:
    """Return where the agency has a step to take and this person is to take it, as a condition on requests.

    Whoever is in charge; where nobody is, or the agency asked, whoever serves the commune today.
    """
    of_communes = Q(commune__in=communes_served_by(user)) & (
        Q(assigned_to=None) | Q(direction=Direction.TO_COMMUNE)
    )
    ours = Q(direction=Direction.TO_AGENCY) & in_charge(user)
    return awaits(Side.AGENCY) & (of_communes | ours)


def _mine(words: Mapping[str, Words]) -> list[str]:
    return [status for status, (is_mine, _text) in words.items() if is_mine]


def last_day_to_confirm(row: ServiceRequest) -> str:
    """Return the day after which what was delivered counts as confirmed; empty when nothing was."""
    last = deadlines.confirm_until(row.delivered_at) if row.delivered_at else None
    return short_date(last) if last else ""


def lines(rows: Iterable[ServiceRequest], user: User) -> list[Line]:
    """Return requests, read with `with_people`, as a list shows them to a reader."""
    found = list(rows)
    for row in found:
        if row.assigned_to and row.assigned_to != user:
            know_communes_of(row.assigned_to, row)
    return [Line(row, label(row, row.side_of(user)), next_step(row, user)) for row in found]


def open_question(row: ServiceRequest) -> Message | None:
    """Return the question that waits for its answer, None when there is none."""
    if row.status != Status.WAITING_REQUESTER:
        return None
    found: Message | None = row.messages.public().filter(is_question=True).last()
    return found
