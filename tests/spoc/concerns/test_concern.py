"""What a commune and its SPOC do with a concern."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from hubportal.accounts.models import Role, User
from spoc import deadlines, jobs
from spoc.models import Concern, ConcernFile, ConcernReading, ConcernTheme
from tests.cast import grant
from tests.spoc.concerns.stories import (
    a_concern,
    a_group,
    a_theme,
    answered,
    of_communes,
    published,
    qualified,
    relayed,
    retention,
)
from tests.spoc.stories import a_file, ago

pytestmark = pytest.mark.django_db


def test_raising_one_keeps_it_with_its_files(echevine: User) -> None:
    row = a_concern(echevine, uploads=[a_file("plan.txt"), a_file("photo.txt", b"Autre")])
    assert (row.status, row.reference) == ("raised", f"C-{timezone.localdate().year}-0001")
    assert row.files.count() == 2
    assert not row.is_shareable


def test_a_second_click_raises_none(echevine: User) -> None:
    assert a_concern(echevine) == a_concern(echevine)
    assert ConcernFile.objects.count() == 0


@pytest.mark.parametrize("person", ["stranger", "ended", "spoc", "lead", "cabinet"])
def test_who_does_not_act_for_the_commune_raises_none(
    person: str, request: pytest.FixtureRequest, commune_a: Any
) -> None:
    with pytest.raises(PermissionDenied):
        a_concern(request.getfixturevalue(person))


def test_a_bad_file_keeps_nothing_of_the_concern(echevine: User) -> None:
    with pytest.raises(ValidationError):
        a_concern(echevine, uploads=[a_file("virus.exe", b"MZ")])
    assert not Concern.objects.exists()


def test_a_theme_that_is_not_offered_any_more_is_refused(echevine: User) -> None:
    ConcernTheme.objects.load()
    theme = ConcernTheme.objects.get(pk="rents")
    theme.is_active = False
    theme.save()
    with pytest.raises(ValidationError) as found:
        a_concern(echevine, theme=theme)
    assert "theme" in found.value.message_dict


def test_the_spoc_corrects_theme_and_urgency_when_they_qualify(echevine: User, spoc: User) -> None:
    row = a_concern(echevine)
    row.qualify(by=spoc, theme=ConcernTheme.objects.get(pk="rents"), urgency="urgent", group=a_group(spoc))
    assert (row.theme_id, row.urgency, row.status) == ("rents", "urgent", "qualified")
    assert row.group is not None


@pytest.mark.parametrize("person", ["echevine", "stranger", "editor", "director", "cabinet"])
def test_only_who_serves_the_commune_qualifies(
    person: str, echevine: User, spoc: User, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(PermissionDenied):
        a_concern(echevine).qualify(by=request.getfixturevalue(person))


def test_another_communes_spoc_only_reads(echevine: User) -> None:
    row, other = a_concern(echevine), grant(Role.SPOC)
    assert list(Concern.objects.visible_to(other)) == [row]
    assert row.next_steps(other) == []


def test_asking_back_leaves_it_where_it_is(echevine: User, spoc: User) -> None:
    row = a_concern(echevine)
    first, second = row.ask(by=spoc, question="Où ?"), row.ask(by=spoc, question="Où ?")
    assert first == second
    assert (first.is_question, first.is_public, row.status) == (True, True, "raised")


def test_a_note_of_the_agency_is_not_for_the_commune_to_write(echevine: User) -> None:
    with pytest.raises(PermissionDenied):
        a_concern(echevine).write(by=echevine, text="Interne", is_public=False)


def test_a_message_twice_is_one(echevine: User) -> None:
    row = a_concern(echevine)
    for _ in range(2):
        row.write(by=echevine, text="Voici.", upload=a_file())
    assert (row.messages.count(), row.files.count()) == (1, 1)


def test_grouped_each_stays_whole(lead: User) -> None:
    group = a_group(lead)
    rows = of_communes(3, group)
    assert list(Concern.objects.all().in_group(group).order_by("pk")) == rows
    assert len({(row.commune_id, row.raised_by_id, row.reference) for row in rows}) == 3
    rows[0].leave_group(by=lead)
    assert rows[0].group is None


def test_a_group_does_not_name_the_commune_of_a_confidential_one(echevine: User, lead: User) -> None:
    group, row = a_group(lead), qualified(echevine, lead)
    group.change(by=lead, title_fr="Terrasses à ANDERLECHT", title_nl="Terrassen", theme=row.theme)
    with pytest.raises(ValidationError) as found:
        row.join_group(by=lead, group=group)
    assert "group" in found.value.message_dict
    group.change(by=lead, title_fr="Terrasses", title_nl="Terrassen", theme=row.theme)
    row.join_group(by=lead, group=group)
    with pytest.raises(ValidationError):
        group.change(by=lead, title_fr="Terrasses d’Anderlecht", title_nl="Terrassen", theme=row.theme)


def test_a_concern_that_its_group_names_becomes_confidential_and_falls_out(
    echevine: User, spoc: User, lead: User
) -> None:
    row = qualified(echevine, spoc, is_shareable=True)
    named, other = a_group(lead), a_group(lead, "Terrasses")
    named.change(by=lead, title_fr="Terrasses à Anderlecht", title_nl="Terrassen", theme=row.theme)
    for group in (named, other):
        row.choose_readers(by=echevine, is_shareable=True)
        row.join_group(by=spoc, group=group)
        row.choose_readers(by=echevine, is_shareable=False)
        assert row.group == (None if group == named else other)
    verbs = [event.verb for event in row.events.all()]
    assert verbs == ["qualify", "join_group", "fall_out_of_group", "join_group"]


def test_relayed_already_it_falls_out_too(echevine: User, spoc: User, lead: User) -> None:
    group = a_group(lead)
    group.change(by=lead, title_fr="Terrasses à Anderlecht", title_nl="Terrassen", theme=a_theme())
    row, _ = relayed(echevine, spoc, lead, is_shareable=True, group=group)
    row.choose_readers(by=echevine, is_shareable=False)
    assert (row.group, row.status, row.is_confidential) == (None, "relayed", True)


def test_answered_locally_in_the_language_of_the_commune(stranger: User, lead: User) -> None:
    row = a_concern(stranger, commune="21002", language="nl")
    told = row.answer_locally(by=lead, text="Ja.")
    assert (row.status, told.language, told.is_local) == ("answered", "nl", True)


def test_not_relayed_says_why_and_can_be_reopened(echevine: User, spoc: User) -> None:
    row = a_concern(echevine)
    row.decline_relay(by=spoc, reason="La commune décide.")
    row.reopen(by=echevine, reason="Non.")
    assert (row.status, row.not_relayed_reason, row.events.count()) == ("qualified", "", 2)


def test_the_spoc_passes_the_answer_on_as_it_stands(echevine: User, spoc: User, lead: User) -> None:
    row, _, answer = answered(echevine, spoc, lead)
    told = row.last_answer
    assert told is not None
    assert (told.text, told.is_adapted, told.source, told.language) == (answer.text_fr, False, answer, "fr")
    assert not row.open_part()


def test_the_spoc_adapts_the_answer(echevine: User, spoc: User, lead: User) -> None:
    row, note = relayed(echevine, spoc, lead)
    published(note, lead)
    assert list(Concern.objects.visible_to(spoc).to_pass_on()) == [row]
    told = row.answer(by=spoc, text="Chez vous : deux mètres.")
    assert (told.is_adapted, told.text) == (True, "Chez vous : deux mètres.")
    assert not Concern.objects.visible_to(spoc).to_pass_on()


def test_nothing_is_passed_on_before_it_is_published(echevine: User, spoc: User, lead: User) -> None:
    row, _ = relayed(echevine, spoc, lead)
    with pytest.raises(ValidationError):
        row.answer(by=spoc, text="Oui.")


def test_passing_an_answer_on_is_offered_once_it_is_published(echevine: User, spoc: User, lead: User) -> None:
    row, note = relayed(echevine, spoc, lead)
    assert row.next_steps(spoc) == []
    published(note, lead)
    assert [step.verb for step in row.next_steps(spoc)] == ["answer"]


def test_the_answer_to_another_concern_is_refused(
    echevine: User, stranger: User, spoc: User, lead: User
) -> None:
    row, note = relayed(echevine, spoc, lead)
    published(note, lead)
    _, _, other = answered(stranger, lead, lead, commune="21002")
    with pytest.raises(ValidationError) as found:
        row.answer(by=spoc, source=other)
    assert "source" in found.value.message_dict


def test_the_commune_sees_who_read_it_and_the_agency_that_the_answer_was_read(
    echevine: User, stranger: User, spoc: User, lead: User
) -> None:
    row, _, _ = answered(echevine, spoc, lead)
    ConcernReading.objects.note(row, spoc)
    assert [seen.user for seen in ConcernReading.objects.note(row, echevine)] == [spoc]
    told = row.answers.get()
    assert not told.readings.exists()
    told.note_read(stranger)
    told.note_read(echevine)
    assert [seen.user for seen in told.readings.all()] == [echevine]


def test_a_published_answer_settles_another_concern(
    echevine: User, stranger: User, spoc: User, lead: User
) -> None:
    _, _, answer = answered(echevine, spoc, lead)
    row = a_concern(stranger, commune="21002")
    with pytest.raises(ValidationError):
        row.settle(by=stranger, answer=answer)  # Not in the FAQ: it is not theirs to read.
    answer.put_in_faq(by=lead, question_fr="Quelle distance ?", question_nl="Welke afstand?")
    row.settle(by=stranger, answer=answer)
    assert (row.status, row.settled_by) == ("closed", answer)
    row.reopen(by=stranger, reason="Toch niet.")
    assert (row.status, row.settled_by) == ("qualified", None)


@pytest.mark.parametrize(("days", "status"), [(29, "answered"), (30, "closed")])
def test_it_closes_by_itself_after_30_days(days: int, status: str, echevine: User, spoc: User) -> None:
    row = a_concern(echevine)
    row.answer_locally(by=spoc, text="Oui.")
    Concern.objects.filter(pk=row.pk).update(answered_at=ago(days))
    jobs.close_concerns(timezone.now())
    row.refresh_from_db()
    assert row.status == status
    assert deadlines.concern_closes_on(ago(30)) == timezone.localdate()
    assert jobs.close_concerns(timezone.now()) == 0


def test_reopened_it_can_be_relayed_again(echevine: User, spoc: User, lead: User) -> None:
    row, _, _ = answered(echevine, spoc, lead)
    row.reopen(by=echevine, reason="Et la nuit ?")
    assert list(Concern.objects.all().relayable()) == [row]
    assert row.answers.count() == 1


def test_unqualified_ones_are_counted_in_business_days(echevine: User) -> None:
    row = a_concern(echevine)
    with retention():
        Concern.objects.filter(pk=row.pk).update(raised_at=timezone.now() - timedelta(days=20))
    assert list(Concern.objects.all().unqualified_since(3)) == [row]
    assert not Concern.objects.all().unqualified_since(30)


def test_similar_ones_share_two_words_or_one_on_the_theme_and_come_the_most_alike_first(
    echevine: User,
) -> None:
    far = a_concern(echevine, title="Terrasses", text="Le bruit.")
    near = a_concern(echevine, title="Distance entre les tables des terrasses", text="Deux mètres ?")
    a_concern(echevine, title="Loyers", text="Un report.")
    found = Concern.objects.visible_to(echevine).similar_to(
        "Quelle distance entre les tables d'une terrasse ?", "terraces"
    )
    assert list(found) == [near, far]
    assert not Concern.objects.visible_to(echevine).similar_to("les de !!", "terraces")
    # One common word on another theme says nothing.
    assert list(Concern.objects.similar_to("Distance, tables", "rents")) == [near]
    assert not Concern.objects.similar_to("Un terrain près des tables, une table", "rents")
