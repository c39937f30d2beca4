"""The page of a concern, and its private files."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from communes.models import Mandate
from hubportal.accounts.models import User
from spoc.concerns.acting_forms import ChooseReadersForm
from spoc.models import Concern, ConcernAnswerReading, ConcernFile
from tests.cast import yesterday
from tests.spoc.concerns.stories import (
    CANARY,
    NOTE,
    QUESTIONS,
    a_concern,
    a_group,
    a_note,
    answered,
    published,
    qualified,
    relayed,
    with_concern,
)
from tests.spoc.stories import a_file

pytestmark = pytest.mark.django_db


def page(client: Client, row: Concern, person: User) -> str:
    """Return the page of a concern as a person reads it."""
    client.force_login(person)
    response = client.get(reverse("spoc:concern-detail", args=[row.pk]))
    assert response.status_code == 200
    return str(response.text)


def test_it_says_what_is_asked_where_it_is_and_what_was_said(
    client: Client, whole: Concern, echevine: User, spoc: User
) -> None:
    text = page(client, whole, echevine)
    for part in (whole.reference, whole.title, whole.text, "Deux mètres suffisent.", f"Là. {CANARY}", "NR-"):
        assert part in text
    assert "Rien à faire" in text
    assert NOTE not in text
    # The agency reads its notes, too.
    assert NOTE in page(client, whole, spoc)


def test_who_opens_an_answer_is_not_told_that_nobody_has(client: Client, echevine: User, spoc: User) -> None:
    row = qualified(echevine, spoc)
    row.answer_locally(by=spoc, text="Voici.")
    nobody = "Personne de la commune"
    assert nobody in page(client, row, spoc)
    text = page(client, row, echevine)
    assert nobody not in text
    assert f"{echevine.full_name} (" in text
    assert nobody not in page(client, row, spoc)


def test_another_commune_reads_of_a_shared_one_what_the_form_says(
    client: Client, whole: Concern, echevine: User, stranger: User
) -> None:
    form = ChooseReadersForm(row=whole, user=echevine)
    assert not form.fields["is_shareable"].help_text
    whole.choose_readers(by=echevine, is_shareable=True)
    text = page(client, whole, stranger)
    told = whole.last_answer
    assert told
    # Text, file, message, answer and a step with its reason, and who said it.
    for part in (whole.text, f"{CANARY}.txt", f"Là. {CANARY}", told.text, f"Encore. {CANARY}"):
        assert part in text
    assert whole.raised_by.full_name in text
    assert NOTE not in text


def test_where_its_commune_chooses_readers_it_reads_which_note_named_it(
    echevine: User, spoc: User, lead: User
) -> None:
    row, note = relayed(echevine, spoc, lead, is_shareable=True)
    assert note.reference in ChooseReadersForm(row=row, user=echevine).fields["is_shareable"].help_text


def test_the_buttons_are_the_models(client: Client, echevine: User, spoc: User, editor: User) -> None:
    row = a_concern(echevine)
    offered = {person: {step.verb for step in row.next_steps(person)} for person in (echevine, spoc, editor)}
    for person, verbs in offered.items():
        text = page(client, row, person)
        for verb in ("qualify", "answer_locally", "decline_relay", "join_group", "settle", "withdraw"):
            assert (reverse("spoc:concern-step", args=[row.pk, verb]) in text) == (verb in verbs)


def test_nothing_is_offered_to_pass_on_before_the_region_has_answered(
    client: Client, echevine: User, spoc: User, lead: User
) -> None:
    row, note = relayed(echevine, spoc, lead)
    address = reverse("spoc:concern-step", args=[row.pk, "answer"])
    assert address not in page(client, row, spoc)
    published(note, lead)
    assert address in page(client, row, spoc)


def test_why_it_was_reopened_stands_first_for_the_spoc(
    client: Client, echevine: User, stranger: User, spoc: User
) -> None:
    row = qualified(echevine, spoc, is_shareable=True)
    row.answer_locally(by=spoc, text="Voici.")
    row.reopen(by=echevine, reason="Toujours rien.")
    text = page(client, row, spoc)
    assert "Rien à faire" not in text
    assert text.index("Toujours rien.") < text.index(row.text)
    assert reverse("spoc:concern-step", args=[row.pk, "requalify"]) in text
    # The step tells it in whole, so it is not told twice; a long one, cut there, stands below it in whole.
    assert "<blockquote>" not in text
    assert (
        "Toujours rien."
        not in page(client, row, stranger).partition('id="h-next"')[2].partition("</section>")[0]
    )


def test_a_long_reason_to_reopen_is_told_whole(
    client: Client, echevine: User, stranger: User, spoc: User
) -> None:
    row = qualified(echevine, spoc, is_shareable=True)
    row.answer_locally(by=spoc, text="Voici.")
    reason = " ".join(["Toujours rien."] * 30)
    row.reopen(by=echevine, reason=reason)
    assert f"<blockquote><p>{reason}</p></blockquote>" in page(client, row, spoc)
    assert "<blockquote>" not in page(client, row, stranger)


def test_a_newer_answer_of_the_region_is_offered_to_pass_on(
    client: Client, echevine: User, spoc: User, lead: User
) -> None:
    row, note, _ = answered(echevine, spoc, lead)
    address = reverse("spoc:concern-step", args=[row.pk, "answer"])
    assert address not in page(client, row, spoc)
    assert not Concern.objects.to_pass_on().exists()
    newer = published(note, lead, text_fr="Un mètre suffit.", text_nl="Eén meter volstaat.")
    assert list(Concern.objects.to_pass_on()) == [row]
    assert address in page(client, row, spoc)
    assert "Un mètre suffit." in client.get(address).text
    row.answer(by=spoc)
    assert (row.last_answer.source, row.last_answer.text) == (newer, "Un mètre suffit.")
    assert address not in page(client, row, spoc)
    assert not Concern.objects.to_pass_on().exists()


def test_a_newer_answer_is_offered_for_a_reopened_one(
    client: Client, echevine: User, spoc: User, lead: User
) -> None:
    row, note, _ = answered(echevine, spoc, lead)
    row.reopen(by=echevine, reason="Et sous un parasol ?")
    address = reverse("spoc:concern-step", args=[row.pk, "answer"])
    # What it was told already is no news.
    assert address not in page(client, row, spoc)
    assert not Concern.objects.to_pass_on().exists()
    newer = published(note, lead, text_fr="Un mètre suffit.", text_nl="Eén meter volstaat.")
    assert list(Concern.objects.to_pass_on()) == [row]
    text = page(client, row, spoc)
    assert address in text
    assert "transmettez la réponse de la Région." in text
    assert "Et sous un parasol ?" in text
    assert "Un mètre suffit." in client.get(address).text
    client.post(address, {"text": "Un mètre suffit.", "source": newer.pk})
    row.refresh_from_db()
    assert (row.status, row.last_answer.source, row.last_answer.item) == ("answered", newer, newer.item)
    assert not Concern.objects.to_pass_on().exists()


def test_one_put_into_a_new_note_meanwhile_falls_out_when_it_is_answered(
    echevine: User, spoc: User, lead: User
) -> None:
    row, note, _ = answered(echevine, spoc, lead)
    row.reopen(by=echevine, reason="Encore.")
    second, other = a_note(lead), qualified(echevine, spoc, title="Chauffage")
    for concern in (row, other):
        with_concern(second, lead, concern)
    published(note, lead, text_fr="Un mètre suffit.", text_nl="Eén meter volstaat.")
    row.answer(by=spoc)
    assert [found.why for found in second.send(by=lead)] == ["a déjà reçu une réponse"]
    row.refresh_from_db()
    assert (row.status, row.open_part()) == ("answered", None)


def test_an_answer_that_was_passed_on_is_not_passed_on_again(echevine: User, spoc: User, lead: User) -> None:
    row, _, _ = answered(echevine, spoc, lead)
    with pytest.raises(ValidationError) as refused:
        row.answer(by=spoc)
    assert refused.value.code == "nothing_published"


def test_the_commune_reads_in_which_words_it_was_relayed_and_to_whom(
    client: Client, echevine: User, spoc: User, lead: User
) -> None:
    row, note = relayed(echevine, spoc, lead)
    text = page(client, row, echevine)
    assert str(note.reference) in text
    assert "task force" in text


def test_the_agency_sees_who_of_the_commune_has_read_the_answer(
    client: Client, echevine: User, spoc: User, lead: User
) -> None:
    row, _, _ = answered(echevine, spoc, lead)
    assert not ConcernAnswerReading.objects.exists()
    page(client, row, spoc)
    assert not ConcernAnswerReading.objects.exists()
    page(client, row, echevine)
    assert [reading.user for reading in ConcernAnswerReading.objects.all()] == [echevine]
    assert f"Lue par : {echevine.full_name}" in " ".join(page(client, row, spoc).split())


def test_a_reason_why_it_is_not_relayed_is_read_and_stays_after_it_is_reopened(
    client: Client, echevine: User, spoc: User
) -> None:
    row = a_concern(echevine)
    row.decline_relay(by=spoc, reason="La commune décide.")
    assert "La commune décide." in page(client, row, echevine)
    row.reopen(by=echevine, reason="Non.")
    assert "La commune décide." in page(client, row, echevine)


def test_another_commune_reads_a_shared_one_and_takes_no_part(
    client: Client, echevine: User, stranger: User, spoc: User, lead: User
) -> None:
    row, _ = relayed(echevine, spoc, lead, is_shareable=True, title="Partagée", text="Partagée ?")
    row.write(by=spoc, text=NOTE, is_public=False)
    text = page(client, row, stranger)
    assert "Partagée ?" in text
    # Neither what its note said, nor a form, nor a step, nor a note of the agency.
    for part in ("NR-", NOTE, "<textarea", "/step/", "/write/"):
        assert part not in text
    assert not row.readings.filter(user=stranger).exists()


@pytest.mark.parametrize("person", ["stranger", "cabinet", "taskforce"])
def test_a_confidential_one_does_not_exist_for_others(
    person: str, client: Client, whole: Concern, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(person))
    addresses = [reverse(f"spoc:concern-{name}", args=[whole.pk]) for name in ("detail", "similar")]
    addresses += [reverse("spoc:concern-step", args=[whole.pk, verb]) for verb in ("close", "qualify")]
    addresses += [reverse("spoc:concern-write", args=[whole.pk, "write"])]
    addresses += [reverse("spoc:concern-file", args=[file.pk]) for file in ConcernFile.objects.all()]
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 404, address
        assert CANARY not in response.text


def test_files_are_for_who_sees_them(client: Client, whole: Concern, echevine: User, spoc: User) -> None:
    public = whole.files.get(message__is_public=True)
    note = whole.files.get(message__is_public=False)
    for person, code in ((echevine, 404), (spoc, 200)):
        client.force_login(person)
        found = [client.get(reverse("spoc:concern-file", args=[file.pk])) for file in (public, note)]
        assert [response.status_code for response in found] == [200, code]
        for response in found:
            assert b"".join(response)


def test_an_answer_of_another_commune_is_not_shown_as_what_settled_a_shared_one(
    client: Client, echevine: User, stranger: User, spoc: User, lead: User
) -> None:
    _, _, answer = answered(echevine, spoc, lead)
    row = a_concern(echevine, title="Partagée", is_shareable=True)
    row.settle(by=echevine, answer=answer)
    assert "Deux mètres suffisent." in page(client, row, echevine)
    assert "Deux mètres suffisent." not in page(client, row, stranger)


def test_a_settled_one_still_shows_what_was_asked_and_its_files(
    client: Client, echevine: User, spoc: User, lead: User
) -> None:
    _, _, answer = answered(echevine, spoc, lead)
    answer.put_in_faq(by=lead, **QUESTIONS)
    row = a_concern(echevine, title="Parasols", text="Et sous un parasol ?", uploads=[a_file("plan.txt")])
    row.settle(by=echevine, answer=answer)
    for person in (echevine, spoc):
        text = page(client, row, person)
        for words in (
            "Parasols",
            "Et sous un parasol ?",
            "plan.txt",
            QUESTIONS["question_fr"],
            "Deux mètres suffisent.",
        ):
            assert words in text


@pytest.mark.parametrize("person", ["echevine", "spoc"])
def test_one_message_costs_as_much_as_ten(
    person: str, client: Client, counted: Any, whole: Concern, request: pytest.FixtureRequest,
    echevine: User, spoc: User, lead: User,
) -> None:  # fmt: skip
    reader = request.getfixturevalue(person)
    # Reopened, it asks nothing of the commune until the SPOC looks into it.
    whole.requalify(by=spoc)
    page(client, whole, reader)
    with counted() as few:
        page(client, whole, reader)
    for number in range(10):
        whole.write(by=spoc, text=f"Message {number}")
        whole.answer_locally(by=spoc, text=f"Réponse {number}")
        whole.reopen(by=echevine, reason="Encore.")
    whole.join_group(by=spoc, group=a_group(lead))
    page(client, whole, reader)
    with counted() as many:
        page(client, whole, reader)
    # One more once it was qualified again: nothing else.
    assert len(many) <= len(few)


def test_a_confidential_one_says_which_note_names_it(
    client: Client, echevine: User, spoc: User, lead: User
) -> None:
    row, note = relayed(echevine, spoc, lead, is_shareable=True)
    row.choose_readers(by=echevine, is_shareable=False)
    for person in (echevine, spoc):
        text = page(client, row, person)
        assert f"{note.reference}, partie quand elle était partagée, nomme la commune" in text
        assert "sans le nom de la commune" not in text


def test_one_that_left_without_the_name_says_so(
    client: Client, echevine: User, spoc: User, lead: User
) -> None:
    row, _ = relayed(echevine, spoc, lead)
    text = page(client, row, echevine)
    assert "nomme la commune" not in text
    assert "sans le nom de la commune" in text


def test_the_agency_reads_how_to_reach_the_raiser_and_the_commune_its_spoc(
    client: Client, echevine: User, spoc: User, lead: User
) -> None:
    for person, phone in ((echevine, "+32 2 555 11 11"), (spoc, "+32 2 555 22 22")):
        User.objects.filter(pk=person.pk).update(phone=phone)
    row = a_concern(echevine, is_shareable=True)
    for person in (spoc, lead):
        text = page(client, row, person)
        for words in (echevine.full_name, "Échevin", "+32 2 555 11 11", f"mailto:{echevine.email}"):
            assert words in text
        assert "+32 2 555 22 22" not in text
    text = page(client, row, echevine)
    assert "+32 2 555 22 22" in text
    assert "+32 2 555 11 11" not in text


def test_another_commune_reads_neither(client: Client, echevine: User, stranger: User, spoc: User) -> None:
    row = a_concern(echevine, is_shareable=True)
    text = page(client, row, stranger)
    assert f"mailto:{echevine.email}" not in text
    assert f"mailto:{spoc.email}" not in text


def test_that_the_raiser_does_not_act_any_more_is_told(client: Client, echevine: User, spoc: User) -> None:
    row = a_concern(echevine)
    Mandate.objects.filter(user=echevine).update(ends_on=yesterday())
    assert "N’agit plus pour Anderlecht" in page(client, row, spoc)


def test_a_group_is_linked(client: Client, echevine: User, spoc: User, lead: User) -> None:
    group = a_group(lead)
    row = qualified(echevine, spoc, group=group)
    assert group.get_absolute_url() in page(client, row, echevine)


def test_only_who_may_read_them_is_led_to_the_note_and_to_the_answer(
    client: Client, echevine: User, stranger: User, spoc: User, lead: User
) -> None:
    row, note, answer = answered(echevine, spoc, lead, is_shareable=True)
    places = (note.get_absolute_url(), answer.get_absolute_url())
    assert [place in page(client, row, spoc) for place in places] == [True, True]
    assert [place in page(client, row, echevine) for place in places] == [False, True]
    # Shared with another commune, which reads what was answered, not to whom it was published.
    assert [place in page(client, row, stranger) for place in places] == [False, False]
