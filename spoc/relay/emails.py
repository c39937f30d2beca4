"""The mails of a relay note: one function for each, a row written in the transaction of its act.

They are made of the words as they were sent: whose a confidential concern is, is in none of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from communes.recipients import leads
from hubportal.accounts.models import User
from spoc.posting import page_of, ways, write
from spoc.relay.recipients import holders

if TYPE_CHECKING:
    from spoc.models import RelayNote
    from spoc.models.sent_note import Sent


@dataclass
class Outside:
    """An administration that has no account here: it is written to in both languages."""

    email: str
    full_name: str
    content_language: str = ""


def sent(note: "RelayNote", words: "Sent", by: User) -> None:
    """To the addressee of the day: a note to answer, and who sent it; to an administration, the whole text."""
    facts = {"sent": words, "contact": by, "ways": ways(by)}
    _write("spoc/relay/email/sent", holders(note), note, **facts)
    if note.addressee_email:
        person = Outside(note.addressee_email, note.addressee_title)
        write("spoc/relay/email/sent_outside", person, {"note": note, **facts})


def moved_on(note: "RelayNote", by: User) -> None:
    """To the leads: the note was acknowledged, answered in part or as a whole. Not to who did it."""
    _write("spoc/relay/email/moved_on", [person for person in leads() if person != by], note, by=by)


def closed(note: "RelayNote", by: User, reason: str) -> None:
    """To the addressee of the day: nothing more is awaited."""
    _write(
        "spoc/relay/email/closed",
        [person for person in holders(note) if person != by],
        note,
        by=by,
        reason=reason,
    )


def _write(name: str, people: Iterable[User], note: "RelayNote", **context: Any) -> None:
    for person in people:
        write(name, person, {"note": note, "link": page_of(person, note), **context})
