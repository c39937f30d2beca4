"""The list of relay notes: a page of it, and what each line says; one query, however long it is."""

from typing import Any, NamedTuple

from hubportal.accounts.models import User
from spoc.listing import PAGE, Place, place_of
from spoc.models import RelayNote
from spoc.models.note_queryset import RelayNoteQuerySet
from spoc.models.sent_note import Words
from spoc.nextstep import NextStep
from spoc.relay.nextstep import next_step


class Line(NamedTuple):
    """A note in a list: what it is about, how many concerns left with it, and what its reader does now."""

    note: RelayNote
    subjects: list[Words]
    concerns: int
    next: NextStep


def page_after(rows: RelayNoteQuerySet, after: Place | None) -> tuple[list[RelayNote], str]:
    """Return the notes of a page, the newest first, and where the next one begins, empty after the last."""
    chosen = rows.filter(after.rest("made_at")) if after else rows
    found = list(chosen.with_subjects().newest_first()[: PAGE + 1])
    if len(found) <= PAGE:
        return found, ""
    last = found[PAGE - 1]
    return found[:PAGE], place_of(last.made_at, last.pk)


def line(note: Any, user: User) -> Line:
    """Return the line of a note that a person may see, read `with_subjects`."""
    # What is written in one language only, is called by it; what has no title yet, by nothing.
    titles = [(title["fr"] or title["nl"], title["nl"] or title["fr"]) for title in note.subjects or ()]
    return Line(
        note, [Words(*pair) for pair in titles if all(pair)], note.concerns or 0, next_step(note, user)
    )
