"""Two people at once on notes, answers and groups: one outcome, whoever was first; the second waits, and reads it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from hubportal.accounts.models import Role, User
from hubportal.workflow import TransitionError
from spoc.models import Answer, Concern, ConcernGroup, RelayNote, RelayPart, SentNote
from tests.atonce import before_it_commits
from tests.cast import grant
from tests.spoc.concerns.stories import (
    REWORDED,
    TEXTS,
    a_concern,
    a_group,
    a_letter,
    a_note,
    qualified,
    relayed,
    with_concern,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("refilled")]
OTHER_WORDS = {"title": "Écart", "text": "Quel écart entre deux tables ?"}
NEWER = {"text_fr": "Un mètre suffit.", "text_nl": "Eén meter volstaat."}


@pytest.fixture
def people(refilled: None, request: pytest.FixtureRequest) -> dict[str, User]:
    """The échevine, the SPOC and a lead, made after the communes are there again."""
    return {name: request.getfixturevalue(name) for name in ("echevine", "spoc", "lead")}


@pytest.fixture
def draft(people: dict[str, User]) -> RelayNote:
    """A note that lacks nothing to be sent, with one confidential concern."""
    note = a_note(people["lead"])
    with_concern(note, people["lead"], qualified(people["echevine"], people["spoc"]))
    return note


def send(note: RelayNote, by: User) -> Callable[[], Any]:
    """Return what sends a note as it reads now."""
    shown = note.preview().mark
    return lambda: RelayNote.objects.get(pk=note.pk).send(by=by, shown=shown)


def reword(note: RelayNote, by: User) -> Callable[[], Any]:
    """Return what writes its concern in other words."""
    part = RelayPart.objects.get(item__note=note)
    return lambda: RelayNote.objects.get(pk=note.pk).reword(by=by, part=part, **OTHER_WORDS)


def test_words_that_change_while_it_is_sent_are_read_first(draft: RelayNote, people: dict[str, User]) -> None:
    found = before_it_commits(reword(draft, people["lead"]), send(draft, people["lead"]))
    assert isinstance(found, ValidationError)
    assert [error.code for error in found.error_list] == ["stale"]
    draft.refresh_from_db()
    assert (draft.status, SentNote.objects.count()) == ("draft", 0)
    assert Concern.objects.get().status == "qualified"


def test_what_leaves_is_what_was_shown(draft: RelayNote, people: dict[str, User]) -> None:
    found = before_it_commits(send(draft, people["lead"]), reword(draft, people["lead"]))
    assert isinstance(found, TransitionError)
    (left,) = SentNote.objects.get().sent.items[0].concerns
    assert (left.title, left.text) == (REWORDED["title"], REWORDED["text"])
    part = RelayPart.objects.get()
    assert (part.title, part.text) == (left.title, left.text)


def test_of_two_leads_one_sends(draft: RelayNote, people: dict[str, User]) -> None:
    colleague = grant(Role.LEAD)
    found = before_it_commits(send(draft, people["lead"]), send(draft, colleague))
    assert isinstance(found, TransitionError)
    assert people["lead"].full_name in str(found)
    assert SentNote.objects.get().sent_by == people["lead"]
    assert Concern.objects.get().events.filter(verb="relay").count() == 1


def test_what_is_sent_is_not_withdrawn(draft: RelayNote, people: dict[str, User]) -> None:
    row = Concern.objects.get()
    found = before_it_commits(send(draft, people["lead"]), lambda: row.withdraw(by=people["echevine"]))
    assert isinstance(found, TransitionError)
    assert Concern.objects.get().status == "relayed"


def test_a_note_whose_last_concern_is_withdrawn_does_not_leave(
    draft: RelayNote, people: dict[str, User]
) -> None:
    row, leave = Concern.objects.get(), send(draft, people["lead"])
    found = before_it_commits(lambda: row.withdraw(by=people["echevine"]), leave)
    assert isinstance(found, ValidationError)
    draft.refresh_from_db()
    assert (draft.status, SentNote.objects.count()) == ("draft", 0)


def test_what_is_discarded_is_not_sent(draft: RelayNote, people: dict[str, User]) -> None:
    found = before_it_commits(lambda: draft.drop(by=people["lead"]), send(draft, people["lead"]))
    assert isinstance(found, TransitionError)
    assert not SentNote.objects.exists()
    assert list(Concern.objects.all().relayable()) == [Concern.objects.get()]


@pytest.fixture
def given(people: dict[str, User]) -> Answer:
    """An answer to a note that waits to be published."""
    _, note = relayed(people["echevine"], people["spoc"], people["lead"])
    return say(note, people["lead"], **TEXTS)


def say(note: RelayNote, by: User, **texts: str) -> Answer:
    """Record an answer to its item."""
    row = RelayNote.objects.get(pk=note.pk)
    return row.answer(by=by, item=1, upload=a_letter(), on_behalf_of="Task force", **texts)


def test_a_newer_answer_waits_for_the_one_that_is_published(given: Answer, people: dict[str, User]) -> None:
    newer = before_it_commits(
        lambda: given.publish(by=people["lead"]), lambda: say(given.note, people["lead"], **NEWER)
    )
    given.refresh_from_db()
    # The published one is valid until the newer one is published.
    assert (given.status, newer.status) == ("published", "given")
    newer.publish(by=people["lead"])
    given.refresh_from_db()
    assert (given.status, given.superseded_by) == ("superseded", newer)


def test_what_a_newer_answer_replaced_is_not_published(given: Answer, people: dict[str, User]) -> None:
    found = before_it_commits(
        lambda: say(given.note, people["lead"], **NEWER),
        lambda: Answer.objects.get(pk=given.pk).publish(by=people["lead"]),
    )
    assert isinstance(found, TransitionError)
    assert not Answer.objects.published().exists()
    assert Answer.objects.given().get().text_fr == NEWER["text_fr"]


def join(row: Concern, group: ConcernGroup, people: dict[str, User]) -> Callable[[], Any]:
    """Return what puts a concern into a group."""
    return lambda: Concern.objects.get(pk=row.pk).join_group(by=people["spoc"], group=group)


def withdraw(row: Concern, people: dict[str, User]) -> Callable[[], Any]:
    """Return what withdraws it."""
    return lambda: Concern.objects.get(pk=row.pk).withdraw(by=people["echevine"])


def hide(row: Concern, people: dict[str, User]) -> Callable[[], Any]:
    """Return what makes it confidential."""
    return lambda: Concern.objects.get(pk=row.pk).choose_readers(by=people["echevine"], is_shareable=False)


def test_what_is_withdrawn_joins_no_group(people: dict[str, User]) -> None:
    row, group = a_concern(people["echevine"]), a_group(people["lead"])
    found = before_it_commits(withdraw(row, people), join(row, group, people))
    assert isinstance(found, TransitionError)
    row.refresh_from_db()
    assert (row.status, row.group) == ("withdrawn", None)


def test_what_joined_a_group_is_withdrawn_afterwards(people: dict[str, User]) -> None:
    row, group = a_concern(people["echevine"]), a_group(people["lead"])
    assert before_it_commits(join(row, group, people), withdraw(row, people)) is None
    row.refresh_from_db()
    assert (row.status, row.group) == ("withdrawn", group)
    assert [event.verb for event in row.events.all()] == ["join_group", "withdraw"]
    # A withdrawn one counts for nobody.
    assert group.touched(people["lead"]).communes == 0


@pytest.mark.parametrize("is_hidden_first", [True, False])
def test_a_group_that_names_its_commune_keeps_no_confidential_concern(
    is_hidden_first: bool, people: dict[str, User]
) -> None:
    row = a_concern(people["echevine"], is_shareable=True)
    group = a_group(people["lead"], "Terrasses à Anderlecht")
    acts = [join(row, group, people), hide(row, people)]
    first, second = acts[::-1] if is_hidden_first else acts
    found = before_it_commits(first, second)
    assert isinstance(found, ValidationError) == is_hidden_first
    row.refresh_from_db()
    assert (row.is_shareable, row.group) == (False, None)
