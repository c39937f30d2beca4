"""Two at once on a note: it is sent once, and a concern withdrawn in that moment leaves or falls out, never both."""

import pytest

from hubportal.accounts.models import User
from hubportal.workflow import TransitionError
from spoc.models import Concern, RelayNote, SentNote
from tests.spoc.concerns.stories import a_note, qualified, with_concern
from tests.spoc.test_race import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("refilled")]


@pytest.fixture
def people(refilled: None, request: pytest.FixtureRequest) -> dict[str, User]:
    """The échevine, the SPOC and a lead, made after the communes are there again."""
    return {name: request.getfixturevalue(name) for name in ("echevine", "spoc", "lead")}


def a_draft_of(people: dict[str, User], count: int) -> RelayNote:
    """Return a note being written with so many concerns."""
    note = a_note(people["lead"])
    for number in range(count):
        row = qualified(people["echevine"], people["spoc"], title=f"Terrasse {number}")
        with_concern(note, people["lead"], row)
    return note


def test_a_note_sent_by_two_leaves_once(people: dict[str, User]) -> None:
    note = a_draft_of(people, 2)

    def send() -> None:
        RelayNote.objects.get(pk=note.pk).send(by=User.objects.get(pk=people["lead"].pk))

    (loser,) = [error for error in at_once(send, send) if error]
    assert isinstance(loser, TransitionError)
    assert SentNote.objects.count() == 1
    note.refresh_from_db()
    assert note.events.filter(verb="send").count() == 1


def test_a_concern_withdrawn_while_its_note_is_sent(people: dict[str, User]) -> None:
    note = a_draft_of(people, 2)
    row = Concern.objects.order_by("pk").first()
    assert row is not None
    raised = at_once(
        lambda: RelayNote.objects.get(pk=note.pk).send(by=User.objects.get(pk=people["lead"].pk)),
        lambda: Concern.objects.get(pk=row.pk).withdraw(by=User.objects.get(pk=people["echevine"].pk)),
    )
    assert raised[0] is None
    row.refresh_from_db()
    left = SentNote.objects.get().sent.concerns
    # The one who came second reads so: relayed already, or fallen out.
    assert (row.status, left, bool(raised[1])) in {("relayed", 2, True), ("withdrawn", 1, False)}
