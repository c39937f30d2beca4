"""What a reader does now about a concern, in one line: the same rules as the buttons, in words.

Concerns come from `with_turns`: a list asks the database once, however long it is.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubportal.accounts.models import User
from hubportal.look.dates import short_date
from spoc.models import UNANSWERED, Concern, ConcernMessage, Side
from spoc.nextstep import Line, NextStep

SHORT: Final = 120
"""Characters of a reason in one line."""
Words = tuple[bool, str | Promise]

_ASKED: Final = "asked"
_HAS_ANSWER: Final = "to_pass_on"
_REOPENED: Final = "reopened"
_NEWER: Final = "newer_to_pass_on"
"""Beside the states: the agency asked back; an answer of the Region waits for the SPOC, the first one or a newer one;
the commune reopened it, and nothing was done since."""
_COMMUNE: Final[Mapping[str, Words]] = {
    "raised": (False, _("Nothing to do: your SPOC looks into it.")),
    "qualified": (False, _("Nothing to do: your SPOC answers, or it is put to the Region.")),
    "relayed": (False, _("Nothing to do: the Region is to answer.")),
    _HAS_ANSWER: (False, _("Nothing to do: the Region has answered, your SPOC passes it on.")),
    "answered": (True, _("Your step: say by %(last_day)s whether the answer helps.")),
    _NEWER: (True, _("Your step: say by %(last_day)s whether the answer helps.")),
    _REOPENED: (False, _("Nothing to do: your SPOC looks into why you reopened it.")),
    _ASKED: (True, _("Your step: answer the question.")),
    "closed": (False, _("Nothing to do: it is closed.")),
    "not_relayed": (False, _("Nothing to do: the reason is in the concern.")),
    "withdrawn": (False, pgettext_lazy("concern", "Nothing to do: it was withdrawn.")),
}
_AGENCY: Final[Mapping[str, Words]] = {
    **_COMMUNE,
    "raised": (True, _("Your step: qualify it, or answer it yourself.")),
    "qualified": (False, _("Nothing to do: it waits for a relay note. You may answer it yourself.")),
    _HAS_ANSWER: (True, _("Your step: pass on the answer of the Region.")),
    _NEWER: (True, _("Your step: pass on the newer answer of the Region.")),
    _REOPENED: (True, _("Your step: the commune reopened it: %(why)s")),
    "answered": (False, _("Nothing to do: the commune says by %(last_day)s whether the answer helps.")),
    _ASKED: (False, _("Nothing to do: the commune is to answer your question.")),
}
_THE_SPOCS: Final[Words] = (False, _("Nothing to do: the SPOC of the commune takes the next step."))
_SHARED: Final[Words] = (False, _("Nothing to do: it is shared with you."))


def next_step(row: Concern, user: User) -> NextStep:
    """Return what a reader does now; the row comes from `with_turns`."""
    is_mine, text = _words(row, user)
    why = Truncator(getattr(row, "reopened_for", "")).chars(SHORT)
    facts = {"last_day": short_date(row.closes_on) if row.closes_on else "", "why": why}
    return NextStep(text % facts, is_mine)


def lines(rows: Iterable[Concern], user: User) -> list[Line]:
    """Return concerns as a list shows them to a reader."""
    return [Line(row, "", next_step(row, user)) for row in rows]


def open_question(row: Any) -> ConcernMessage | None:
    """Return the question that waits for the commune's answer, None when none does; the row comes from `with_turns`."""
    if _state(row) != _ASKED:
        return None
    found: ConcernMessage | None = (
        row.messages.public().select_related("author").order_by("written_at", "pk").last()
    )
    return found


def _words(row: Concern, user: User) -> Words:
    state = _state(row)
    if row.side_of(user) == Side.AGENCY:
        words = _AGENCY[state]
        return _THE_SPOCS if words[0] and not row.is_the_agencys(user) else words
    words = _COMMUNE[state]
    return words if row.is_raisers(user) else _SHARED


def _state(row: Any) -> str:
    if row.status == "qualified" and row.reopened_for and not row.has_answer:
        return _REOPENED
    if row.status in UNANSWERED and row.is_asked and not row.has_answer:
        return _ASKED
    if row.has_answer:
        return _NEWER if row.status == "answered" else _HAS_ANSWER
    return str(row.status)
