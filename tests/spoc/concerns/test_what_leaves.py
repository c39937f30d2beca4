"""What leaves the agency with a note, and what of it comes back: nothing tells whose a confidential concern is."""

from datetime import date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.template import Context, Template
from django.utils import timezone

from hubportal.accounts.models import User
from hubportal.businessdays import add_business_days
from spoc.models import Answer, Concern, RelayNote, SentNote
from tests.spoc.concerns.stories import (
    TEXTS,
    a_concern,
    a_group,
    a_note,
    published,
    qualified,
    retention,
    with_group,
)

pytestmark = pytest.mark.django_db


def test_a_commune_with_one_of_each_kind_is_not_told_by_the_count(
    echevine: User, spoc: User, lead: User
) -> None:
    group = a_group(lead)
    qualified(echevine, spoc, group=group)
    qualified(echevine, spoc, group=group, is_shareable=True, title="Terrasses", text="Quelle distance ?")
    note = a_note(lead)
    with_group(note, lead, group)
    note.send(by=lead)
    (item,) = SentNote.objects.get().sent.items
    assert [concern.commune is None for concern in item.concerns] == [True, False]
    assert item.communes == 2, "one commune for two concerns: the nameless one is that commune's"


def test_shared_after_it_was_reworded_it_leaves_in_its_own_words(
    draft: RelayNote, lead: User, echevine: User
) -> None:
    part = draft.parts(lead).get(is_anonymous=True)
    draft.reword(by=lead, part=part, title="Une commune", text="En d’autres mots.")
    row = Concern.objects.get(raised_by=echevine)
    row.choose_readers(by=echevine, is_shareable=True)
    draft.send(by=lead)
    (item,) = SentNote.objects.get().sent.items
    assert (item.concerns[0].title, item.concerns[0].text) == (row.title, row.text)
    part.refresh_from_db()
    assert (part.title, part.text) == (row.title, row.text)


def test_no_template_leads_from_a_note_to_its_concerns(draft: RelayNote) -> None:
    page = "{% for p in note.parts %}{{ p.concern.commune }}{% endfor %}{{ note.items }}{{ note.to_mend }}"
    assert Template(page).render(Context({"note": draft})) == ""


def test_who_may_not_write_a_note_reads_neither_its_parts_nor_its_flaws(
    draft: RelayNote, taskforce: User, echevine: User, lead: User
) -> None:
    RelayNote.objects.filter(pk=draft.pk).update(introduction_fr="")
    draft.refresh_from_db()
    assert draft.to_mend(lead)
    for person in (taskforce, echevine):
        assert not draft.parts(person).exists()
        assert not draft.items(person).exists()
        assert draft.to_mend(person) == []


def test_what_fell_out_is_not_answered(draft: RelayNote, lead: User, echevine: User) -> None:
    Concern.objects.get(raised_by=echevine).withdraw(by=echevine)
    draft.send(by=lead)
    published(draft, lead)
    assert not Answer.objects.visible_to(echevine).exists()


def test_neither_closing_nor_withdrawing_names_a_confidential_commune(sent: RelayNote, lead: User) -> None:
    with pytest.raises(ValidationError) as refused:
        sent.close(by=lead, reason="Anderlecht a la réponse déjà.")
    assert list(refused.value.message_dict) == ["reason"]
    found = published(sent, lead)
    with pytest.raises(ValidationError) as refused:
        found.withdraw(by=lead, reason="Anderlecht conteste.")
    assert list(refused.value.message_dict) == ["reason"]


def test_withdrawn_after_its_note_was_closed_the_concerns_go_back(sent: RelayNote, lead: User) -> None:
    found = published(sent, lead)
    assert sent.close(by=lead) == 0
    found.withdraw(by=lead, reason="Erreur.")
    assert set(Concern.objects.values_list("status", flat=True)) == {"qualified"}
    assert Concern.objects.all().relayable().count() == 2


def test_staff_add_a_language_and_leave_what_the_addressee_said(
    sent: RelayNote, taskforce: User, lead: User
) -> None:
    found = sent.answer(by=taskforce, item=1, text_fr=TEXTS["text_fr"])
    with pytest.raises(ValidationError) as refused:
        found.complete(by=lead, text_fr="Un mètre.", text_nl="Een meter.")
    assert list(refused.value.message_dict) == ["text_fr"]
    found.complete(by=lead, **TEXTS)
    assert (found.text_fr, found.text_nl, found.given_by) == (TEXTS["text_fr"], TEXTS["text_nl"], taskforce)


def test_a_spoc_is_reminded_on_the_third_business_day(echevine: User) -> None:
    row, raised = a_concern(echevine), date(2026, 11, 5)
    with retention():
        moment = timezone.make_aware(datetime.combine(raised, time(16)))
        Concern.objects.filter(pk=row.pk).update(raised_at=moment)
    third = add_business_days(raised, 3)
    assert not Concern.objects.all().unqualified_since(3, third - timedelta(days=1))
    assert list(Concern.objects.all().unqualified_since(3, third)) == [row]
