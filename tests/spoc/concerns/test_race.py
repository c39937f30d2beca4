"""Two at once on a note: it is sent once, and a concern withdrawn in that moment leaves or falls out, never both.

On a group: its title never gets the name of the commune of a confidential concern in it.
"""

import threading
import time
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from hubportal.accounts.models import User
from hubportal.workflow import TransitionError
from spoc.models import Concern, ConcernGroup, RelayNote, SentNote
from tests.spoc.concerns.stories import a_concern, a_group, a_note, qualified, with_concern
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


def join(row: Concern, group: ConcernGroup, people: dict[str, User]) -> None:
    """Put a confidential concern into a group."""
    row.join_group(by=people["spoc"], group=group)


def qualify(row: Concern, group: ConcernGroup, people: dict[str, User]) -> None:
    """Qualify a confidential concern with a group."""
    row.qualify(by=people["spoc"], group=group)


def hide(row: Concern, group: ConcernGroup, people: dict[str, User]) -> None:
    """Make a concern confidential that is shared, in a group."""
    row.choose_readers(by=people["echevine"], is_shareable=False)


@pytest.mark.parametrize("act", [join, qualify, hide])
def test_a_title_waits_for_what_becomes_confidential_in_its_group(
    act: Callable[[Concern, ConcernGroup, dict[str, User]], None], people: dict[str, User]
) -> None:
    group, row = a_group(people["lead"]), a_concern(people["echevine"], is_shareable=act is hide)
    if act is hide:
        row.join_group(by=people["spoc"], group=group)
    done = threading.Event()

    def first() -> None:
        with transaction.atomic():
            act(row, ConcernGroup.objects.get(pk=group.pk), people)
            done.set()
            time.sleep(0.5)

    def second() -> None:
        done.wait(10)
        rename(group, people)

    raised = at_once(first, second)
    assert raised[0] is None
    assert isinstance(raised[1], ValidationError)
    group.refresh_from_db()
    assert "Anderlecht" not in group.title_fr


@pytest.mark.parametrize("act", [join, qualify])
def test_a_title_that_changed_since_it_was_read_is_read_again(
    act: Callable[[Concern, ConcernGroup, dict[str, User]], None], people: dict[str, User]
) -> None:
    group, row = a_group(people["lead"]), a_concern(people["echevine"])
    rename(ConcernGroup.objects.get(pk=group.pk), people)
    with pytest.raises(ValidationError):
        act(row, group, people)
    row.refresh_from_db()
    assert (row.group, row.status) == (None, "raised")


def rename(group: ConcernGroup, people: dict[str, User]) -> None:
    """Give a group a title that names the commune."""
    group.change(
        by=people["lead"], title_fr="Terrasses à Anderlecht", title_nl="Terrassen", theme=group.theme
    )
