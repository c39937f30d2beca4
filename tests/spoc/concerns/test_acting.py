"""The steps of a concern on the portal, and what is written to it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from hubportal.accounts.models import User
from spoc.models import Concern, ConcernMessage
from tests.spoc.concerns.stories import (
    QUESTIONS,
    REASON,
    TEXTS,
    a_concern,
    a_group,
    answered,
    published,
    qualified,
    relayed,
)
from tests.spoc.stories import a_file, mails

pytestmark = pytest.mark.django_db


def step(client: Client, row: Concern, verb: str, **data: Any) -> Any:
    """Return the answer to a step that was sent, after a second look where one is asked."""
    facts = {"seen": row.status, "reread": "on", **data}
    return client.post(reverse("spoc:concern-step", args=[row.pk, verb]), facts)


def write(client: Client, row: Concern, what: str, **data: Any) -> Any:
    """Return the answer to something written."""
    return client.post(reverse("spoc:concern-write", args=[row.pk, what]), data)


def state(row: Concern) -> str:
    """Return the state as it is kept."""
    row.refresh_from_db()
    return row.status


def test_the_spoc_qualifies_with_another_theme_and_a_group(
    client: Client, echevine: User, spoc: User
) -> None:
    row, group = a_concern(echevine), a_group(spoc)
    client.force_login(spoc)
    asked = client.get(reverse("spoc:concern-step", args=[row.pk, "qualify"]))
    assert asked.context["form"]["theme"].value() == "terraces"
    step(client, row, "qualify", theme="rents", urgency="urgent", group=group.pk)
    assert state(row) == "qualified"
    assert (row.theme_id, row.urgency, row.group) == ("rents", "urgent", group)


def test_the_spoc_answers_with_a_published_answer_to_begin_with(
    client: Client, echevine: User, spoc: User, lead: User
) -> None:
    _, _, known = answered(echevine, spoc, lead)
    row = a_concern(echevine, title="Distance", text="Deux mètres suffisent ?", language="nl")
    client.force_login(spoc)
    address = reverse("spoc:concern-step", args=[row.pk, "answer_locally"])
    assert f"?source={known.pk}" in client.get(address).text
    begun = client.get(address, {"source": known.pk}).context["form"]
    # In the language of the concern.
    assert begun["text"].value() == TEXTS["text_nl"]
    step(client, row, "answer_locally", text="Twee meter.", source=known.pk)
    assert state(row) == "answered"
    assert (row.last_answer.text, row.last_answer.source) == ("Twee meter.", known)
    assert [mail.person for mail in mails("concern_answered")] == [echevine, echevine]


@pytest.mark.parametrize("source", ["x", "999999", "9" * 30, "٣"])
def test_an_answer_that_cannot_be_begins_nothing(
    source: str, client: Client, echevine: User, spoc: User
) -> None:
    client.force_login(spoc)
    address = reverse("spoc:concern-step", args=[a_concern(echevine).pk, "answer_locally"])
    assert client.get(address, {"source": source}).context["form"]["text"].value() is None


def test_the_answer_of_the_region_is_confirmed_as_it_stands(
    client: Client, echevine: User, spoc: User, lead: User
) -> None:
    row, note = relayed(echevine, spoc, lead)
    known = published(note, lead, text_fr="Un.\nDeux.", text_nl="Een.\nTwee.")
    client.force_login(spoc)
    form = client.get(reverse("spoc:concern-step", args=[row.pk, "answer"]))
    assert form.context["form"]["text"].value() == "Un.\nDeux."
    assert "Een." in form.text
    # A browser ends lines otherwise than they were kept.
    step(client, row, "answer", text="Un.\r\nDeux.\r\n", source=known.pk)
    assert state(row) == "answered"
    assert not row.last_answer.is_adapted


def test_the_answer_of_the_region_is_adapted(client: Client, echevine: User, spoc: User, lead: User) -> None:
    row, note = relayed(echevine, spoc, lead)
    known = published(note, lead)
    client.force_login(spoc)
    step(client, row, "answer", text="Deux mètres, rue Wayez aussi.", source=known.pk)
    row.refresh_from_db()
    assert row.last_answer.is_adapted
    assert "rue Wayez" in mails("concern_answered")[0].text


def test_an_answer_that_was_replaced_meanwhile_is_compared_first(
    client: Client, echevine: User, spoc: User, lead: User
) -> None:
    row, note = relayed(echevine, spoc, lead)
    old = published(note, lead)
    new = published(note, lead, text_fr="Trois mètres.", text_nl="Drie meter.")
    client.force_login(spoc)
    page = step(client, row, "answer", text="Deux mètres pour vous.", source=old.pk)
    assert state(row) == "relayed"
    assert "Trois mètres." in page.text
    assert "Deux mètres pour vous." in page.text
    assert f'name="source" value="{new.pk}"' in page.text


def test_nothing_can_be_passed_on_before_it_is_published(
    client: Client, echevine: User, spoc: User, lead: User
) -> None:
    row, _ = relayed(echevine, spoc, lead)
    client.force_login(spoc)
    step(client, row, "answer", text="Un mètre.")
    assert state(row) == "relayed"


@pytest.mark.parametrize("verb", ["decline_relay"])
def test_a_reason_is_needed(verb: str, client: Client, echevine: User, spoc: User) -> None:
    row = a_concern(echevine)
    client.force_login(spoc)
    assert step(client, row, verb, reason=" ").context["form"].has_error("reason")
    assert state(row) == "raised"


def test_the_commune_reads_why_it_is_not_relayed_and_reopens(
    client: Client, echevine: User, spoc: User
) -> None:
    row = a_concern(echevine)
    client.force_login(spoc)
    step(client, row, "decline_relay", **REASON)
    assert REASON["reason"] in mails("concern_declined")[0].text
    row.refresh_from_db()
    client.force_login(echevine)
    step(client, row, "reopen", reason="Non.")
    assert state(row) == "qualified"
    assert [mail.person for mail in mails("concern_reopened")] == [spoc]


def test_the_commune_closes_what_was_answered(client: Client, echevine: User, spoc: User) -> None:
    row = qualified(echevine, spoc)
    row.answer_locally(by=spoc, text="Voici.")
    client.force_login(echevine)
    assert client.get(reverse("spoc:concern-step", args=[row.pk, "close"])).status_code == 200
    step(client, row, "close")
    assert state(row) == "closed"


def test_the_commune_withdraws_what_is_not_relayed(client: Client, echevine: User, spoc: User) -> None:
    row = a_concern(echevine)
    client.force_login(echevine)
    step(client, row, "withdraw", reason="Réglé.")
    assert state(row) == "withdrawn"
    assert "Réglé." in mails("concern_withdrawn")[0].text


def test_an_answer_that_settles_it_is_chosen_among_those_that_resemble_it(
    client: Client, echevine: User, spoc: User, lead: User
) -> None:
    _, _, known = answered(echevine, spoc, lead)
    known.put_in_faq(by=lead, **QUESTIONS)
    row = a_concern(echevine, title="Distance", text="Quelle distance ?")
    client.force_login(echevine)
    assert QUESTIONS["question_fr"] in client.get(reverse("spoc:concern-step", args=[row.pk, "settle"])).text
    step(client, row, "settle", answer=known.pk)
    assert state(row) == "closed"


def test_an_answer_that_is_not_published_settles_nothing(
    client: Client, echevine: User, spoc: User, lead: User
) -> None:
    _, _, known = answered(echevine, spoc, lead)
    known.withdraw(by=lead, reason="Faux.")
    row = a_concern(echevine, title="Distance", text="Deux mètres ?")
    client.force_login(echevine)
    assert step(client, row, "settle", answer=known.pk).context["form"].has_error("answer")
    assert state(row) == "raised"


def test_it_joins_a_group_and_leaves_it(client: Client, echevine: User, spoc: User) -> None:
    row, group = a_concern(echevine), a_group(spoc)
    client.force_login(spoc)
    step(client, row, "join_group", group=group.pk)
    row.refresh_from_db()
    assert row.group == group
    step(client, row, "leave_group")
    row.refresh_from_db()
    assert row.group is None


def test_a_group_that_names_its_commune_is_refused_for_a_confidential_one(
    client: Client, echevine: User, spoc: User
) -> None:
    row, group = a_concern(echevine), a_group(spoc)
    type(group).objects.filter(pk=group.pk).update(title_fr="Terrasses à Anderlecht")
    client.force_login(spoc)
    assert step(client, row, "join_group", group=group.pk).context["form"].has_error("group")


@pytest.mark.parametrize(
    ("person", "verb"),
    [
        *(("echevine", verb) for verb in ("qualify", "join_group", "answer_locally", "decline_relay")),
        *(("spoc", verb) for verb in ("withdraw", "settle")),
        *((person, "qualify") for person in ("editor", "director", "admin")),
    ],
)
def test_a_step_of_the_other_party_is_refused(
    person: str, verb: str, client: Client, echevine: User, request: pytest.FixtureRequest
) -> None:
    row = a_concern(echevine)
    client.force_login(request.getfixturevalue(person))
    assert step(client, row, verb, **REASON).status_code == 403
    assert state(row) == "raised"


@pytest.mark.parametrize(
    ("person", "verb"), [("echevine", "qualify"), ("spoc", "withdraw"), ("stranger", "close")]
)
def test_whose_step_it_never_is_is_refused_also_once_it_is_past(
    person: str, verb: str, client: Client, echevine: User, spoc: User, request: pytest.FixtureRequest
) -> None:
    row = a_concern(echevine, is_shareable=True)
    row.answer_locally(by=spoc, text="Oui.")
    row.close(by=echevine)
    client.force_login(request.getfixturevalue(person))
    assert step(client, row, verb).status_code == 403
    assert client.get(reverse("spoc:concern-step", args=[row.pk, verb])).status_code == 403


@pytest.mark.parametrize("verb", ["relay", "hand_back", "nothing"])
def test_what_no_screen_offers_has_no_page(verb: str, client: Client, echevine: User, lead: User) -> None:
    client.force_login(lead)
    assert step(client, a_concern(echevine), verb).status_code == 404


def test_who_comes_too_late_keeps_what_they_wrote(client: Client, echevine: User, spoc: User) -> None:
    row = a_concern(echevine)
    row.withdraw(by=echevine)
    client.force_login(spoc)
    address = reverse("spoc:concern-step", args=[row.pk, "answer_locally"])
    page = client.post(address, {"text": "Une longue réponse."}, HTTP_ORIGIN="http://testserver").text
    assert "Une longue réponse." in page
    assert echevine.full_name in page


def test_a_step_on_a_state_that_the_page_did_not_show_is_asked_again(
    client: Client, echevine: User, spoc: User
) -> None:
    row = a_concern(echevine)
    row.qualify(by=spoc)
    client.force_login(spoc)
    page = client.post(
        reverse("spoc:concern-step", args=[row.pk, "decline_relay"]),
        {"seen": "raised", "reread": "on", **REASON},
    )
    assert page.status_code == 200
    assert state(row) == "qualified"
    client.post(page.request["PATH_INFO"], {"seen": "qualified", "reread": "on", **REASON})
    assert state(row) == "not_relayed"


def test_a_second_click_is_told_what_the_first_one_did(client: Client, echevine: User, spoc: User) -> None:
    row = a_concern(echevine)
    client.force_login(echevine)
    step(client, row, "withdraw")
    assert step(client, row, "withdraw").status_code == 302
    assert len(mails("concern_withdrawn")) == 1


# --- What is written ---------------------------------------------------------------------------------------------


def test_the_spoc_asks_and_the_commune_answers(client: Client, echevine: User, spoc: User) -> None:
    row = a_concern(echevine)
    client.force_login(spoc)
    write(client, row, "ask", question="Où exactement ?")
    assert "Où exactement ?" in mails("concern_question")[0].text
    client.force_login(echevine)
    page = client.get(reverse("spoc:concern-detail", args=[row.pk])).text
    assert "Votre étape\u00a0: répondez à la question." in page
    write(client, row, "write", text="Rue Wayez.", upload=a_file("plan.txt"))
    assert [mail.person for mail in mails("concern_message")] == [spoc]
    assert row.files.get().name == "plan.txt"


def test_a_note_of_the_agency_is_in_no_mail(client: Client, echevine: User, spoc: User) -> None:
    row = a_concern(echevine)
    client.force_login(spoc)
    write(client, row, "note", text="Entre nous.")
    assert not ConcernMessage.objects.get().is_public
    assert not mails("concern_message")


def test_the_commune_chooses_who_may_read_it(
    client: Client, echevine: User, stranger: User, spoc: User
) -> None:
    row = a_concern(echevine)
    client.force_login(echevine)
    write(client, row, "readers", is_shareable="shared")
    assert Concern.objects.visible_to(stranger).filter(pk=row.pk).exists()
    write(client, row, "readers", is_shareable="confidential")
    assert not Concern.objects.visible_to(stranger).filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    ("person", "what"), [("echevine", "ask"), ("echevine", "note"), ("spoc", "readers"), ("editor", "write")]
)
def test_what_is_not_theirs_to_write_is_refused(
    person: str, what: str, client: Client, echevine: User, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(person))
    data = {"text": "Texte.", "question": "Où ?", "is_shareable": "shared"}
    assert write(client, a_concern(echevine), what, **data).status_code == 403
    assert not ConcernMessage.objects.exists()


def test_nothing_is_written_to_what_has_ended(client: Client, echevine: User) -> None:
    row = a_concern(echevine)
    row.withdraw(by=echevine)
    client.force_login(echevine)
    assert write(client, row, "write", text="Encore.").status_code == 302
    assert not ConcernMessage.objects.exists()


def test_there_is_nothing_else_to_write(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    assert write(client, a_concern(echevine), "poem", text="Ah.").status_code == 404


def test_none_is_no_group_and_takes_nothing_out_of_one(client: Client, echevine: User, spoc: User) -> None:
    row, group = a_concern(echevine), a_group(spoc)
    client.force_login(spoc)
    address = reverse("spoc:concern-step", args=[row.pk, "qualify"])
    choices = client.get(address).context["form"].fields["group"].choices
    assert [str(key) for key, _ in choices] == ["", str(group.pk)]
    row.join_group(by=spoc, group=group)
    assert [str(key) for key, _ in client.get(address).context["form"].fields["group"].choices] == [
        str(group.pk)
    ]


@pytest.mark.parametrize(("language", "first"), [("fr", "title_fr"), ("nl", "title_nl"), ("en", "title_fr")])
def test_a_group_is_named_in_the_readers_language_first(
    language: str, first: str, client: Client, spoc: User
) -> None:
    client.force_login(spoc)
    with override(language):
        form = client.get(reverse("spoc:group-new")).context["form"]
    assert next(iter(form.fields)) == first


@pytest.mark.parametrize(("language", "words"), [("fr", "wrote in French"), ("nl", "wrote in Dutch")])
@pytest.mark.parametrize("verb", ["answer_locally", "decline_relay"])
def test_it_is_said_in_which_language_the_commune_wrote(
    verb: str, language: str, words: str, client: Client, echevine: User, spoc: User
) -> None:
    row = a_concern(echevine, language=language)
    client.force_login(spoc)
    with override("en"):
        page = client.get(reverse("spoc:concern-step", args=[row.pk, verb])).text
    assert f"{echevine.full_name} {words}" in page


def test_so_it_is_of_an_answer_of_the_region(client: Client, echevine: User, spoc: User, lead: User) -> None:
    row, note = relayed(echevine, spoc, lead, language="nl")
    published(note, lead)
    client.force_login(spoc)
    with override("en"):
        page = client.get(reverse("spoc:concern-step", args=[row.pk, "answer"])).text
    assert f"{echevine.full_name} wrote in Dutch" in page
