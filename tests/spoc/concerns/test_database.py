"""What the database refuses behind the models' back: nothing is deleted or merged, what was sent is frozen."""

from typing import Any

import pytest
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from hubportal.accounts.models import User
from spoc.models import (
    Answer,
    Concern,
    ConcernAnswer,
    ConcernGroup,
    ConcernMessage,
    RelayItem,
    RelayNote,
    RelayPart,
    SentNote,
)
from tests.spoc.concerns.stories import (
    QUESTIONS,
    TEXTS,
    a_concern,
    a_group,
    an_answer,
    answered,
    qualified,
    relayed,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def refuses(rows: Any, words: str, **changes: Any) -> None:
    """Assert that a change of rows is refused."""
    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        rows.update(**changes)


@pytest.mark.parametrize("model", [Concern, ConcernGroup, Answer, SentNote, ConcernAnswer, ConcernMessage])
def test_nothing_of_them_is_deleted(model: type[models.Model], whole: Concern, lead: User) -> None:
    a_group(lead)
    rows = model._base_manager.all()
    assert rows.exists()
    # As raw as it gets: no collector of Django that would refuse it before.
    with pytest.raises(IntegrityError), transaction.atomic():
        rows._raw_delete(rows.db)  # type: ignore[attr-defined]


def test_a_sent_note_its_items_and_its_concerns_are_not_deleted(whole: Concern) -> None:
    for model in (RelayPart, RelayItem, RelayNote):
        with pytest.raises(IntegrityError), transaction.atomic():
            model._base_manager.all()._raw_delete("default")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "field", ["reference", "title", "text", "language", "raised_at", "commune", "raised_by"]
)
def test_a_concern_is_kept_whole(field: str, echevine: User, stranger: User) -> None:
    row = a_concern(echevine)
    others: dict[str, Any] = {"commune": "21002", "raised_by": stranger, "raised_at": NOW, "language": "nl"}
    refuses(Concern.objects.filter(pk=row.pk), "is frozen", **{field: others.get(field, "C-2026-9999")})


def test_no_path_merges_concerns(echevine: User, lead: User) -> None:
    """What could merge is what could point one's rows to another concern: messages, files, steps, answers."""
    first, second = (a_concern(echevine, title=title) for title in ("Un", "Deux"))
    first.write(by=echevine, text="Un message.")
    first.qualify(by=lead)
    first.answer_locally(by=lead, text="Oui.")
    for rows in (first.messages, first.answers):
        refuses(rows, "is kept", concern=second)
    refuses(first.events, "is kept", subject=second)
    verbs = {line.verb for line in Concern.TRANSITIONS}
    assert not [verb for verb in verbs if "merge" in verb or "delete" in verb or "duplicate" in verb]


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        (RelayNote, {"introduction_fr": "Autre"}),
        (RelayNote, {"due_on": "2030-01-02"}),
        (RelayNote, {"reference": "NR-2026-099"}),
        (RelayItem, {"summary_nl": "Ander"}),
        (RelayPart, {"text": "Autre"}),
        (RelayPart, {"is_anonymous": False}),
        (SentNote, {"content": {}}),
        (Answer, {"text_fr": "Autre"}),
        (Answer, {"part": 1}),
    ],
)
def test_what_was_sent_or_published_is_frozen(
    model: type[models.Model], changes: dict[str, Any], whole: Concern
) -> None:
    refuses(model._base_manager.all(), "frozen|kept|sent", **changes)


def test_no_item_comes_into_a_note_that_was_sent(whole: Concern) -> None:
    note = RelayNote.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        RelayItem.objects.create(note=note, theme=whole.theme)


def test_an_answer_stays_in_its_note(echevine: User, spoc: User, lead: User, stranger: User) -> None:
    row = an_answer()
    _, other = relayed(echevine, spoc, lead)
    facts = {"given_by": lead, "on_behalf_of": "TF", **TEXTS}
    with pytest.raises(IntegrityError, match="answer_item_of_its_note"), transaction.atomic():
        Answer.objects.create(note=other, item=row.item, **facts)
    with pytest.raises(IntegrityError, match="answer_part_of_its_item"), transaction.atomic():
        Answer.objects.create(note=row.note, item=row.item, part=7, **facts)


def test_a_commune_is_told_only_what_answers_its_own_concern(
    echevine: User, stranger: User, spoc: User, lead: User
) -> None:
    _, _, answer = answered(echevine, spoc, lead)
    other, note, _ = answered(stranger, lead, lead, commune="21002")
    facts = {"concern": other, "source": answer, "text": "Oui.", "language": "fr", "told_by": lead}
    with pytest.raises(IntegrityError, match="concern_answer_in_its_item"), transaction.atomic():
        ConcernAnswer.objects.create(item=answer.item, **facts)
    with pytest.raises(IntegrityError, match="concern_answer_from_its_item"), transaction.atomic():
        ConcernAnswer.objects.create(item=note.items(lead).get(), **facts)


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("known_codes", {"urgency": "soon"}),
        ("qualified_before_it_is_relayed", {"status": "qualified"}),
        ("relayed_has_its_moment", {"relayed_at": NOW}),
        ("answered_has_its_moment", {"answered_at": NOW}),
        ("answered_has_its_moment", {"status": "answered"}),
        ("closed_has_its_moment", {"closed_at": NOW}),
        ("not_relayed_says_why", {"not_relayed_reason": "Non."}),
        ("not_relayed_says_why", {"status": "not_relayed"}),
    ],
)
def test_each_state_of_a_concern_has_its_facts(
    constraint: str, changes: dict[str, Any], echevine: User
) -> None:
    refuses(Concern.objects.filter(pk=a_concern(echevine).pk), f"concern_{constraint}", **changes)


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("known_addressee", {"addressee": "press"}),
        ("known_addressee", {"addressee_name": "BEE"}),
        ("sent_has_its_facts", {"reference": "NR-2026-001"}),
        ("sent_has_its_facts", {"status": "sent"}),
        ("not_acknowledged_yet", {"acknowledged_at": NOW}),
        ("answered_has_its_moment", {"answered_at": NOW}),
        ("closed_has_its_moment", {"closed_at": NOW}),
    ],
)
def test_each_state_of_a_note_has_its_facts(
    constraint: str, changes: dict[str, Any], draft: RelayNote
) -> None:
    refuses(RelayNote.objects.filter(pk=draft.pk), f"relay_note_{constraint}", **changes)


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("says_something", {"text_fr": "", "text_nl": ""}),
        ("published_in_both_languages", {"status": "published"}),
        ("given_is_not_published", {"published_at": NOW}),
        ("for_all_has_its_moment", {**QUESTIONS, "status": "published"}),
        ("question_in_both_languages", {"question_fr": "Quoi ?"}),
        ("superseded_by_another", {"status": "superseded"}),
        ("withdrawn_says_why", {"status": "withdrawn"}),
        ("recorded_from_a_document", {"on_behalf_of": ""}),
    ],
)
def test_each_state_of_an_answer_has_its_facts(constraint: str, changes: dict[str, Any]) -> None:
    refuses(Answer.objects.filter(pk=an_answer().pk), f"answer_{constraint}", **changes)


def test_a_concern_stands_in_one_open_note(draft: RelayNote, lead: User) -> None:
    item = RelayItem.objects.create(
        note=RelayNote.objects.begin(by=lead, addressee="cabinet"), theme_id="rents"
    )
    part = draft.parts(lead).order_by("pk").first()
    assert part is not None
    with pytest.raises(IntegrityError, match="relay_part_in_one_open_note"), transaction.atomic():
        RelayPart.objects.create(item=item, concern=part.concern, title="T", text="T")


def test_a_group_in_one_language_is_refused(lead: User, echevine: User) -> None:
    group = a_group(lead)
    qualified(echevine, lead, group=group)
    refuses(ConcernGroup.objects.filter(pk=group.pk), "concern_group_in_both_languages", title_nl="")
