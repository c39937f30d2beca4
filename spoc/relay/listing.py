"""What a line says of a relay note, in lists and at home."""

from typing import Any, NamedTuple

from hubportal.accounts.models import User
from spoc.models import RelayNote
from spoc.models.sent_note import Words
from spoc.nextstep import NextStep
from spoc.relay.nextstep import next_step


class Line(NamedTuple):
    """A note in a list: what it is about, how many concerns are in it, and what its reader does now."""

    note: RelayNote
    subjects: list[Words]
    concerns: int
    next: NextStep


def line(note: Any, user: User) -> Line:
    """Return the line of a note that a person may see, read `with_subjects`."""
    # What is written in one language only, is called by it; what has no title yet, by nothing.
    titles = [(title["fr"] or title["nl"], title["nl"] or title["fr"]) for title in note.subjects or ()]
    return Line(note, [Words(*pair) for pair in titles if all(pair)], note.concerns, next_step(note, user))
