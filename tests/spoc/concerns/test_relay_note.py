"""Writing a note, sending it once, what falls out, and what its addressee says."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from hubportal.accounts.models import RoleGrant, User
from hubportal.businessdays import add_business_days
from hubportal.fingerprint import fingerprint
from hubportal.workflow import TransitionError
from spoc import deadlines
from spoc.models import Answer, Concern, NoteReminder, RelayItem, RelayNote, RelayPart, SentNote
from tests.spoc.concerns.stories import (
    CANARY,
    INTRODUCTIONS,
    QUESTIONS,
    TEXTS,
    a_concern,
    a_group,
    a_letter,
    a_note,
    of_communes,
    published,
    qualified,
    relayed,
    with_concern,
    with_group,
)

pytestmark = pytest.mark.django_db
BY_STAFF: dict[str, Any] = {"on_behalf_of": "Task force, courrier du 3 avril"}


def test_sent_it_has_a_number_its_words_and_its_concerns_are_relayed(draft: RelayNote, lead: User) -> None:
    assert draft.send(by=lead) == []
    assert (draft.status, draft.reference) == ("sent", f"NR-{timezone.localdate().year}-001")
    sent = SentNote.objects.get()
    assert fingerprint(sent.content) == sent.content_hash
    (item,) = sent.sent.items
    assert [(concern.place, concern.commune and concern.commune.nl) for concern in item.concerns] == [
        ("1.1", None), ("1.2", "Oudergem"),
    ]  # fmt: skip
    assert set(Concern.objects.values_list("status", flat=True)) == {"relayed"}


def test_inhabitants_of_those_not_named_are_not_in_the_sum(sent: RelayNote) -> None:
    (item,) = SentNote.objects.get().sent.items
    other = Concern.objects.get(commune="21002")
    assert (item.communes, item.inhabitants) == (2, other.commune.population)


def test_what_is_sent_does_not_change_with_the_concern(sent: RelayNote, stranger: User) -> None:
    before = SentNote.objects.get().content
    Concern.objects.get(commune="21002").choose_readers(by=stranger, is_shareable=False)
    assert SentNote.objects.get().content == before


def test_the_preview_is_what_is_sent(draft: RelayNote, lead: User) -> None:
    shown = draft.preview()
    draft.send(by=lead)
    assert SentNote.objects.get().sent.items == shown.items


def test_a_concern_withdrawn_meanwhile_falls_out_and_the_rest_leaves(
    draft: RelayNote, lead: User, echevine: User
) -> None:
    row = Concern.objects.get(raised_by=echevine)
    row.withdraw(by=echevine)
    (fallen,) = draft.send(by=lead)
    assert fallen[:2] == (row.reference, row.title)
    assert fallen.why
    row.refresh_from_db()
    assert row.status == "withdrawn"
    assert CANARY not in str(SentNote.objects.get().content)
    assert RelayPart.objects.get(concern=row).fell_out == "withdrawn"


def test_when_all_are_withdrawn_nothing_is_sent_and_nothing_lost(
    draft: RelayNote, lead: User, echevine: User, stranger: User
) -> None:
    for person in (echevine, stranger):
        Concern.objects.get(raised_by=person).withdraw(by=person)
    with pytest.raises(ValidationError):
        draft.send(by=lead)
    draft.refresh_from_db()
    assert (draft.status, draft.reference) == ("draft", None)
    assert RelayPart.objects.filter(is_open=True).count() == 2
    assert {flaw.field for flaw in draft.to_mend(lead)} == {"items"}


def test_sent_twice_it_is_sent_once(draft: RelayNote, lead: User) -> None:
    twin = RelayNote.objects.get(pk=draft.pk)
    draft.send(by=lead)
    with pytest.raises(TransitionError) as found:
        twin.send(by=lead)
    assert found.value.is_repeated_by(lead)
    assert SentNote.objects.count() == 1


def test_a_sending_that_fails_takes_no_number(
    draft: RelayNote, echevine: User, spoc: User, lead: User
) -> None:
    other = a_note(lead)
    with pytest.raises(ValidationError):
        other.send(by=lead)
    draft.send(by=lead)
    assert draft.reference is not None
    assert draft.reference.endswith("-001")


@pytest.mark.parametrize("person", ["spoc", "editor", "director", "admin", "taskforce", "echevine"])
def test_only_leads_write_and_send(person: str, draft: RelayNote, request: pytest.FixtureRequest) -> None:
    by = request.getfixturevalue(person)
    with pytest.raises(PermissionDenied):
        draft.send(by=by)
    with pytest.raises(PermissionDenied):
        draft.change(by=by, addressee="cabinet", due_on=draft.due_on)


def test_one_language_is_not_enough(draft: RelayNote, lead: User) -> None:
    item = draft.items(lead).get()
    draft.write_item(by=lead, item=item, title_fr="Un", title_nl="Een", summary_fr="Résumé", summary_nl=" ")
    assert [(flaw.field, flaw.item) for flaw in draft.to_mend(lead)] == [("summary_nl", item.pk)]
    with pytest.raises(ValidationError):
        draft.send(by=lead)


@pytest.mark.parametrize("name", ["Anderlecht", "ANDERLECHT"])
def test_a_confidential_commune_is_named_nowhere(name: str, draft: RelayNote, lead: User) -> None:
    item, part = draft.items(lead).get(), draft.parts(lead).filter(is_anonymous=True).get()
    facts = INTRODUCTIONS | {"introduction_nl": f"De gemeente {name} wacht."}
    draft.change(by=lead, addressee="taskforce", due_on=draft.due_on, **facts)
    texts = {"title_fr": "Un", "title_nl": "Een", "summary_fr": f"À {name}.", "summary_nl": "Daar."}
    draft.write_item(by=lead, item=item, **texts)
    draft.reword(by=lead, part=part, title=f"Terrasses d’{name}", text="Quelle distance ?")
    assert {flaw.field for flaw in draft.to_mend(lead)} == {"introduction_fr", "summary_fr", "title"}
    with pytest.raises(ValidationError):
        draft.send(by=lead)


def test_a_confidential_one_does_not_leave_in_the_communes_own_words(draft: RelayNote, lead: User) -> None:
    part = draft.parts(lead).select_related("concern").get(concern__is_shareable=False)
    draft.reword(by=lead, part=part, title="Distance", text=part.concern.text)
    assert [(flaw.field, flaw.part) for flaw in draft.to_mend(lead)] == [("text", part.pk)]
    with pytest.raises(ValidationError):
        draft.send(by=lead)


def test_nor_one_that_was_shared_when_the_note_was_written(
    draft: RelayNote, lead: User, stranger: User
) -> None:
    row = Concern.objects.get(raised_by=stranger)
    row.choose_readers(by=stranger, is_shareable=False)
    with pytest.raises(ValidationError):
        draft.send(by=lead)


def test_a_shared_one_leaves_in_its_own_words(draft: RelayNote, lead: User) -> None:
    part = draft.parts(lead).filter(is_anonymous=False).get()
    with pytest.raises(ValidationError):
        draft.reword(by=lead, part=part, title="Autre", text="Autre")


def test_a_group_is_added_once_more_with_what_came_since(
    draft: RelayNote, lead: User, echevine: User, spoc: User
) -> None:
    item = draft.items(lead).get()
    assert item.group is not None
    qualified(echevine, spoc, group=item.group, title="Encore")
    assert draft.add_group(by=lead, group=item.group) == item
    assert draft.parts(lead).count() == 3


def test_a_concern_is_in_one_open_note(draft: RelayNote, lead: User) -> None:
    row = Concern.objects.order_by("pk").first()
    assert row is not None
    with pytest.raises(ValidationError):
        a_note(lead).add_concern(by=lead, concern=row)


def test_one_that_is_not_qualified_is_not_added(lead: User, echevine: User) -> None:
    with pytest.raises(ValidationError):
        a_note(lead).add_concern(by=lead, concern=a_concern(echevine))


def test_taken_out_again_a_concern_is_as_it_was(draft: RelayNote, lead: User) -> None:
    draft.remove_item(by=lead, item=draft.items(lead).get())
    assert Concern.objects.all().relayable().count() == 2
    assert not RelayItem.objects.exists()


def test_after_it_was_sent_nothing_is_written(sent: RelayNote, lead: User) -> None:
    with pytest.raises(TransitionError):
        sent.remove_item(by=lead, item=sent.items(lead).get())


def test_an_administration_has_a_name_and_an_address(lead: User, echevine: User, spoc: User) -> None:
    with pytest.raises(ValidationError):
        RelayNote.objects.begin(by=lead, addressee="administration")
    note = a_note(lead, "administration", addressee_name="Bruxelles Économie et Emploi")
    with_concern(note, lead, qualified(echevine, spoc))
    assert {flaw.field for flaw in note.to_mend(lead)} == {"addressee_address"}


def test_a_day_off_is_no_due_date(lead: User) -> None:
    with pytest.raises(ValidationError) as found:
        RelayNote.objects.begin(by=lead, addressee="cabinet", due_on=date(2027, 1, 1))
    assert "due_on" in found.value.message_dict


# --- Its addressee -----------------------------------------------------------------------------------------------


def test_the_task_force_acknowledges_and_answers_in_one_language(sent: RelayNote, taskforce: User) -> None:
    sent.acknowledge(by=taskforce)
    found = sent.answer(by=taskforce, item=1, text_fr="Deux mètres.")
    assert (sent.status, found.status, found.is_recorded) == ("answered", "given", False)


def test_an_answer_to_one_concern_is_a_part_of_it(sent: RelayNote, taskforce: User) -> None:
    sent.answer(by=taskforce, item=1, part=1, text_fr="Deux mètres.")
    assert sent.status == "partly_answered"
    sent.answer(by=taskforce, item=1, part=2, text_nl="Twee meter.")
    assert sent.status == "answered"


@pytest.mark.parametrize("person", ["cabinet", "echevine", "director", "admin"])
def test_who_is_not_the_addressee_does_not_answer(
    person: str, sent: RelayNote, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(PermissionDenied):
        sent.answer(by=request.getfixturevalue(person), item=1, text_fr="Oui.")


def test_an_addressee_whose_role_ended_does_not_answer(sent: RelayNote, taskforce: User) -> None:
    RoleGrant.objects.filter(user=taskforce).update(ends_on=timezone.localdate() - timedelta(days=1))
    person = User.objects.get(pk=taskforce.pk)
    assert not RelayNote.objects.visible_to(person).exists()
    with pytest.raises(PermissionDenied):
        sent.answer(by=person, item=1, text_fr="Oui.")


def test_staff_record_an_answer_with_its_document(sent: RelayNote, spoc: User) -> None:
    with pytest.raises(ValidationError) as found:
        sent.answer(by=spoc, item=1, text_fr="Oui.", **BY_STAFF)
    assert "upload" in found.value.message_dict
    answer = sent.answer(by=spoc, item=1, text_fr="Oui.", upload=a_letter(), **BY_STAFF)
    assert answer.is_recorded
    assert answer.document is not None


@pytest.mark.parametrize(("item", "part"), [(2, None), (1, 3), (0, None)])
def test_what_is_not_in_this_note_is_not_answered(
    item: int, part: int | None, sent: RelayNote, taskforce: User
) -> None:
    with pytest.raises(ValidationError):
        sent.answer(by=taskforce, item=item, part=part, text_fr="Oui.")
    assert not Answer.objects.exists()


def test_a_concern_of_another_note_has_no_place_in_this_one(
    sent: RelayNote, echevine: User, spoc: User, lead: User
) -> None:
    row, other = relayed(echevine, spoc, lead, title="Loyers")
    assert other.place_of(row) == (1, 1)
    with pytest.raises(ValidationError):
        sent.place_of(row)


def test_a_newer_answer_replaces_the_one_that_was_not_published(sent: RelayNote, taskforce: User) -> None:
    first = sent.answer(by=taskforce, item=1, text_fr="Un mètre.")
    assert sent.answer(by=taskforce, item=1, text_fr="Un mètre.") == first
    second = sent.answer(by=taskforce, item=1, text_fr="Deux mètres.")
    first.refresh_from_db()
    assert (first.status, first.superseded_by) == ("superseded", second)


def test_published_in_both_languages_only(sent: RelayNote, taskforce: User, lead: User) -> None:
    found = sent.answer(by=taskforce, item=1, text_fr="Deux mètres.")
    with pytest.raises(ValidationError) as refused:
        found.publish(by=lead)
    assert "text_nl" in refused.value.message_dict
    found.complete(by=taskforce, **TEXTS, version=found.steps_taken)
    with pytest.raises(PermissionDenied):
        found.publish(by=taskforce)
    found.publish(by=lead)
    assert found.review_on == deadlines.review_on(timezone.localdate())


def test_two_who_complete_it_do_not_write_over_each_other(sent: RelayNote, taskforce: User) -> None:
    found = sent.answer(by=taskforce, item=1, text_fr="Deux mètres.")
    version = found.steps_taken
    found.complete(by=taskforce, **TEXTS, version=version)
    with pytest.raises(ValidationError):
        found.complete(by=taskforce, text_fr="Autre.", text_nl="Ander.", version=version)


@pytest.mark.parametrize("field", ["text_fr", "question_nl"])
def test_an_answer_names_no_confidential_commune(field: str, sent: RelayNote, lead: User) -> None:
    texts = {"text_fr": "Deux mètres."}
    found = sent.answer(by=lead, item=1, upload=a_letter(), on_behalf_of="Task force", **texts)
    with pytest.raises(ValidationError) as refused:
        found.complete(by=lead, **TEXTS | QUESTIONS | {field: "Voor Anderlecht ook."})
    assert list(refused.value.message_dict) == [field]


@pytest.mark.parametrize("field", ["text_fr", "question_nl"])
def test_what_the_addressee_writes_is_stopped_when_it_is_to_be_published(
    field: str, sent: RelayNote, taskforce: User, lead: User
) -> None:
    """A refusal of some names only would tell the addressee whose a concern is."""
    found = sent.answer(by=taskforce, item=1, text_fr="Anderlecht, Jette et Uccle aussi.")
    found.complete(by=taskforce, **TEXTS | QUESTIONS | {field: "Voor Anderlecht en Jette ook."})
    with pytest.raises(ValidationError) as refused:
        found.publish(by=lead)
    assert list(refused.value.message_dict) == [field]
    assert "Anderlecht" in str(refused.value)
    assert "Jette" not in str(refused.value)


def test_why_an_addressee_withdraws_an_answer_names_nobody_whom_the_note_does_not(
    sent: RelayNote, taskforce: User, lead: User
) -> None:
    found = published(sent, lead)
    said = []
    for name in ("Anderlecht", "Jette"):
        with pytest.raises(ValidationError) as refused:
            found.withdraw(by=taskforce, reason=f"{name} conteste.")
        said.append(refused.value.message_dict["reason"][0].replace(name, "…"))
    assert said[0] == said[1], "the hidden one and one that asked nothing are refused alike"
    found.withdraw(by=taskforce, reason="Auderghem conteste.")
    assert found.status == "withdrawn"


def test_a_note_is_not_closed_over_an_answer_that_nobody_reads_yet(
    sent: RelayNote, taskforce: User, lead: User
) -> None:
    found = sent.answer(by=taskforce, item=1, text_fr="Deux mètres.")
    with pytest.raises(ValidationError) as refused:
        sent.close(by=lead, reason="Réglé.")
    assert refused.value.code == "not_published"
    found.withdraw(by=lead, reason="Incomplète.")
    assert sent.close(by=lead, reason="Réglé.") == 2


def test_a_newer_published_answer_takes_the_place_of_the_older_one(sent: RelayNote, lead: User) -> None:
    first, second = published(sent, lead), published(sent, lead, text_fr="Trois.", text_nl="Drie.")
    first.refresh_from_db()
    assert (first.status, second.status) == ("superseded", "published")


def test_the_newer_answer_takes_over_the_question_for_all(sent: RelayNote, lead: User) -> None:
    published(sent, lead).put_in_faq(by=lead, **QUESTIONS)
    second = published(sent, lead, text_fr="Trois.", text_nl="Drie.")
    assert list(Answer.objects.faq()) == [second]
    assert {name: getattr(second, name) for name in QUESTIONS} == QUESTIONS


def test_a_newer_answer_with_a_question_keeps_its_own(sent: RelayNote, lead: User) -> None:
    published(sent, lead).put_in_faq(by=lead, **QUESTIONS)
    texts = {"text_fr": "Trois.", "text_nl": "Drie."}
    second = sent.answer(by=lead, item=1, upload=a_letter(), on_behalf_of="Task force", **texts)
    second.complete(by=lead, **texts, question_fr="Et demain ?", question_nl="En morgen?")
    second.publish(by=lead)
    assert [row.question_fr for row in Answer.objects.faq()] == ["Et demain ?"]


def test_the_answer_to_one_concern_takes_no_question_of_its_item(sent: RelayNote, lead: User) -> None:
    published(sent, lead).put_in_faq(by=lead, **QUESTIONS)
    assert published(sent, lead, part=1).question_fr == ""
    assert Answer.objects.faq().count() == 1


def test_a_withdrawn_answer_leaves_the_note_unanswered(sent: RelayNote, lead: User) -> None:
    published(sent, lead).withdraw(by=lead, reason="Erreur.")
    sent.refresh_from_db()
    assert (sent.status, sent.answered_at) == ("acknowledged", None)


def test_closed_without_an_answer_it_hands_the_concerns_back(sent: RelayNote, lead: User) -> None:
    with pytest.raises(ValidationError):
        sent.close(by=lead)
    published(sent, lead, part=1)
    assert sent.close(by=lead, reason="Pas de réponse.") == 1
    assert sorted(Concern.objects.values_list("status", flat=True)) == ["qualified", "relayed"]
    assert Concern.objects.all().relayable().count() == 1


def test_answers_come_up_for_review(sent: RelayNote, lead: User) -> None:
    found = published(sent, lead)
    day = timezone.localdate() + timedelta(days=deadlines.REVIEW)
    assert not Answer.objects.all().to_review(day - timedelta(days=1))
    assert list(Answer.objects.all().to_review(day)) == [found]
    found.review(by=lead, review_on=day + timedelta(days=90))
    assert not Answer.objects.all().to_review(day)


# --- Clocks ------------------------------------------------------------------------------------------------------


def kinds(day: date, person: User) -> list[str]:
    """Return why a person is reminded on a day, and note it as the reminder would."""
    found = [
        (row, kind) for row, kind, told in RelayNote.objects.all().to_remind(day) if person.pk not in told
    ]
    NoteReminder.objects.bulk_create(
        NoteReminder(note=row, user=person, kind=kind, sent_on=day) for row, kind in found
    )
    return [kind.value for _, kind in found]


def test_reminders_come_three_business_days_before_at_due_then_weekly(sent: RelayNote, lead: User) -> None:
    due = sent.due_on
    assert due is not None
    days = [due + timedelta(days=count) for count in range(-8, 23)]
    told = {day: found for day in days if (found := kinds(day, lead))}
    soon = next(day for day in days if add_business_days(day, 3) >= due)
    assert told == {
        soon: ["soon"], due: ["due"],
        **{due + timedelta(days=count): ["late"] for count in (7, 14, 21)},
    }  # fmt: skip


def test_nobody_is_reminded_of_an_answered_note(sent: RelayNote, taskforce: User) -> None:
    sent.answer(by=taskforce, item=1, text_fr="Oui.")
    assert not RelayNote.objects.all().to_remind(sent.due_on)


# --- Sizes -------------------------------------------------------------------------------------------------------


def queries_to_open(note: RelayNote, reader: User, counter: Any) -> int:
    """Return how many queries a whole note costs its reader: as written, as sent, with its answers."""
    with counter() as found:
        [part.concern.commune.name for part in note.parts(reader).with_concerns().in_order()]
        [item.theme.title for item in note.items(reader).select_related("theme").in_order()]
        note.to_mend(reader)
        note.preview()
        assert note.is_sent == bool(note.is_sent and note.as_sent.sent.concerns)
        list(Answer.objects.visible_to(reader).filter(note=note))
    return len(found)


def test_a_note_of_20_opens_with_as_many_queries_as_one_of_2(lead: User, counted: Any) -> None:
    small, large = a_note(lead), a_note(lead)
    for note, size in ((small, 1), (large, 10)):
        for number in range(2):
            group = a_group(lead)
            of_communes(size, group, title=f"Terrasse {size} {number}")
            with_group(note, lead, group)
    assert large.parts(lead).count() == 20
    assert queries_to_open(small, lead, counted) == queries_to_open(large, lead, counted)
    for note in (small, large):
        note.send(by=lead)
    assert queries_to_open(small, lead, counted) == queries_to_open(large, lead, counted)


def test_an_answer_names_no_confidential_commune_of_another_item(
    echevine: User, stranger: User, spoc: User, lead: User
) -> None:
    note = a_note(lead)
    with_concern(note, lead, qualified(echevine, spoc))
    shared = {"is_shareable": True, "title": "Autre", "text": "Autre"}
    with_concern(note, lead, qualified(stranger, lead, commune="21002", **shared))
    note.send(by=lead)
    with pytest.raises(ValidationError):
        note.answer(
            by=lead, item=2, upload=a_letter(), on_behalf_of="Task force",
            text_fr="Comme pour Anderlecht.", text_nl="Zoals daar.",
        )  # fmt: skip
