"""A confidential concern of commune A with everything that may hang on it, each with the canary."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hubportal.accounts.models import User
from spoc.models import Concern, NoteReading, RelayNote
from tests.spoc.concerns.stories import CANARY, NOTE, a_group, a_note, answered, qualified, with_group
from tests.spoc.stories import a_file


@pytest.fixture
def whole(echevine: User, spoc: User, lead: User, taskforce: User) -> Concern:
    """Relayed, answered, closed and reopened, with messages, files and a note of the agency."""
    row, note, answer = answered(echevine, spoc, lead)
    row.answers.get().note_read(echevine)
    row.ask(by=spoc, question=f"Où ? {CANARY}")
    row.write(by=echevine, text=f"Là. {CANARY}", upload=a_file(f"{CANARY}.txt"))
    row.write(by=spoc, text=f"{NOTE} {CANARY}", upload=a_file(f"{NOTE}.txt"), is_public=False)
    row.reopen(by=echevine, reason=f"Encore. {CANARY}")
    NoteReading.objects.note(note, taskforce)
    answer.refresh_from_db()
    return row


@pytest.fixture
def draft(echevine: User, stranger: User, spoc: User, lead: User) -> RelayNote:
    """A note being written, with a group of a confidential concern of A and a shared one of B."""
    group = a_group(lead)
    qualified(echevine, spoc, group=group)
    qualified(
        stranger, lead, commune="21002", group=group, is_shareable=True, title="Terrassen", language="nl",
        text="Welke afstand?",
    )  # fmt: skip
    note = a_note(lead)
    with_group(note, lead, group)
    return note


@pytest.fixture
def sent(draft: RelayNote, lead: User) -> RelayNote:
    """The same note, sent."""
    draft.send(by=lead)
    return draft


@pytest.fixture
def counted() -> Callable[[], CaptureQueriesContext]:
    """Return what counts the queries of a block."""
    return lambda: CaptureQueriesContext(connection)
