"""What a reader does now about a relay note, in one line: the same rules as the buttons, in words."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from hubportal.look.dates import short_date
from spoc.models import NoteStatus, RelayNote
from spoc.nextstep import NextStep, Words

_WAITS: Final[Words] = (False, _("Nothing to do: %(who)s answers by %(day)s."))
_LATE: Final[Words] = (False, _("Nothing to do: %(who)s was to answer by %(day)s."))
_ENDED: Final[Mapping[str, Words]] = {
    "answered": (False, _("Nothing to do: it is answered.")),
    "closed": (False, _("Nothing to do: it was closed on %(closed)s.")),
}
_DROPPED: Final[Words] = (False, _("Nothing to do: this draft was discarded."))
_ADDRESSEE: Final[Mapping[str, Words]] = {
    "sent": (True, _("Your step: say that the note arrived, and answer by %(day)s.")),
    "acknowledged": (True, _("Your step: answer by %(day)s.")),
    "partly_answered": (True, _("Your step: answer the rest by %(day)s.")),
    **_ENDED,
}
_LEAD: Final[Mapping[str, Words]] = {
    "draft": (True, _("Your step: finish this note, read it once more and send it.")),
    "answered": (True, _("Your step: publish the answers, then close the note.")),
    "closed": _ENDED["closed"],
    "dropped": _DROPPED,
}
_OTHERS: Final[Mapping[str, Words]] = {
    "draft": (False, _("Nothing to do: a lead is writing it.")),
    "dropped": _DROPPED,
    **_ENDED,
}
_GAP: Final[Words] = (
    True,
    _("Your step: write the language that is missing. Nothing is published without it."),
)
_LEADS_GAP: Final[Words] = (
    True,
    _("Your step: write the language that is missing, then publish the answers."),
)
_OTHERS_GAP: Final[Words] = (False, _("Nothing to do: it is answered, one language is still missing."))
_ASK: Final[Words] = (True, _("Your step: ask for the answer. %(who)s was to give it by %(day)s."))


def next_step(note: RelayNote, user: User) -> NextStep:
    """Return what a person does now about a note that they may see."""
    is_mine, text = _words(note, user)
    facts: dict[str, Any] = {
        "who": note.addressee_title,
        "day": short_date(note.due_on) if note.due_on else "",
        "closed": short_date(note.closed_at) if note.closed_at else "",
    }
    # An addressee that begins the sentence has no capital of its own.
    return NextStep(capfirst(str(text) % facts), is_mine)


def _words(note: RelayNote, user: User) -> Words:
    if note.status == NoteStatus.ANSWERED and note.has_a_gap():
        if note.is_addressee(user):
            return _GAP
        return _LEADS_GAP if note.is_leads(user) else _OTHERS_GAP
    if note.is_addressee(user) and note.is_sent:
        return _ADDRESSEE[note.status]
    if note.waits:
        if note.is_late():
            return _ASK if note.is_leads(user) else _LATE
        return _WAITS
    return (_LEAD if note.is_leads(user) else _OTHERS)[note.status]
