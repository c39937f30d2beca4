"""What the page of a step shows above its form, and what it says when something to deliver is missing."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from hubportal.accounts.models import User
from hubportal.look.dates import short_date
from spoc.models import NewDeliverable
from tests.spoc.stories import CANARY, NOTE, a_draft, a_file, arguments, brought_to, day
from tests.spoc.test_desk import step, write

pytestmark = pytest.mark.django_db


def test_who_accepts_reads_what_is_asked_and_by_when(client: Client, echevine: User, spoc: User) -> None:
    row = a_draft(echevine)
    row.auditdetails.needed_on = day(30)
    row.auditdetails.save()
    row.attach(by=echevine, upload=a_file())
    row.submit(by=echevine)
    client.force_login(spoc)
    response = client.get(step(row, "accept"))
    assert response.text.count(short_date(day(30))) == 2
    assert response.text.index(row.title) < response.text.index('name="due_on"')
    for words in (row.reference, f"Un relevé, {CANARY}.", "Données", "plan.txt"):
        assert words in response.text
    assert short_date(day(30)) in response.context["form"].fields["due_on"].help_text


def test_the_open_question_and_the_last_message_are_read_too(
    client: Client, echevine: User, spoc: User
) -> None:
    row = brought_to("waiting_requester", echevine, spoc)
    row.write(by=spoc, text=NOTE, is_public=False)
    client.force_login(spoc)
    assert "Quelles rues ?" in client.get(step(row, "resume")).text
    row.resume(by=spoc)
    assert NOTE in client.get(step(row, "ask")).text


def test_who_writes_reads_in_which_language(client: Client, echevine: User, spoc: User) -> None:
    echevine.content_language = "nl"
    echevine.save()
    row = brought_to("in_progress", echevine, spoc)
    client.force_login(spoc)
    words = "Langue de la partie demanderesse\N{NO-BREAK SPACE}: néerlandais."
    for address in (step(row, "ask"), step(row, "close"), write(row, "answer")):
        assert words in client.get(address).text
    assert words not in client.get(write(row, "note")).text
    row = brought_to("in_progress", spoc, echevine, direction="to_commune")
    assert "Langue de la partie" not in client.get(write(row, "answer")).text


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        ({}, {"upload", "title"}),
        ({"title": "Relevé"}, {"upload"}),
        ({"text": "Douze cellules vides."}, {"title"}),
    ],
)
@pytest.mark.parametrize("what", ["deliver", "deliverable"])
def test_a_delivery_of_nothing_is_told_what_is_needed(
    what: str, data: dict[str, str], fields: set[str], client: Client, echevine: User, spoc: User
) -> None:
    row = brought_to("in_progress", echevine, spoc)
    client.force_login(spoc)
    address = step(row, what) if what == "deliver" else write(row, what)
    response = client.post(address, {"proposed_outcome": "solved", **data})
    assert set(response.context["form"].errors) == fields
    assert "Complétez ce champ" not in response.text
    assert ("Rien à livrer encore" in response.text) == ("upload" in fields)


def test_what_is_there_is_listed_and_enough_but_half_a_thing_is_not(
    client: Client, echevine: User, spoc: User
) -> None:
    row = brought_to("in_progress", echevine, spoc)
    row.hand_in(by=spoc, deliverable=NewDeliverable("Relevé des cellules", upload=a_file()))
    client.force_login(spoc)
    assert "Relevé des cellules" in client.get(step(row, "deliver")).text
    response = client.post(step(row, "deliver"), {"proposed_outcome": "solved", "text": "Douze."})
    assert set(response.context["form"].errors) == {"title"}
    assert client.post(step(row, "deliver"), {"proposed_outcome": "solved"}).status_code == 302


def test_a_commune_that_delivers_reads_what_is_there(client: Client, echevine: User, spoc: User) -> None:
    row = a_draft(spoc, direction="to_commune")
    row.submit(by=spoc)
    facts: dict[str, Any] = {"assigned_to": echevine, "due_on": row.due_on}
    row.accept(by=echevine, **facts)
    row.hand_in(by=echevine, deliverable=NewDeliverable("Liste des terrasses", text="Douze."))
    client.force_login(echevine)
    for address in (
        reverse("spoc:request-step", args=[row.pk, "start"]),
        reverse("spoc:request-deliverable", args=[row.pk]),
    ):
        assert "Liste des terrasses" in client.get(address).text


def test_what_a_colleague_accepted_meanwhile_is_not_declined_unseen(
    client: Client, echevine: User, spoc: User, lead: User
) -> None:
    row = brought_to("submitted", echevine, spoc)
    client.force_login(spoc)
    shown = client.get(step(row, "decline")).context["form"]["seen"].value()
    row.accept(by=lead, **arguments("accept", spoc))
    data = {"reason": "not_held", "text": "Nous n'avons pas ces chiffres.", "seen": shown, "reread": "on"}
    refused = client.post(step(row, "decline"), data)
    assert refused.context["form"].errors
    assert "Nous n&#x27;avons pas ces chiffres." in refused.content.decode()
    row.refresh_from_db()
    assert row.status == "accepted"
    again = {**data, "seen": refused.context["form"]["seen"].value()}
    assert client.post(step(row, "decline"), again).status_code == 302


def test_words_are_kept_when_somebody_else_was_first(
    client: Client, echevine: User, spoc: User, lead: User
) -> None:
    row = brought_to("in_progress", echevine, spoc)
    client.force_login(spoc)
    row.ask(by=lead, question="Quelles rues ?")
    data = {"question": "De quelle date à quelle date ?", "reread": "on"}
    late = client.post(step(row, "ask"), data, headers={"origin": "http://testserver"})
    assert late.status_code == 200
    assert "De quelle date à quelle date ?" in late.content.decode()


def test_what_a_standard_answer_leaves_open_is_not_sent(client: Client, echevine: User, spoc: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    client.force_login(spoc)
    response = client.post(step(row, "ask"), {"question": "Il me manque encore : […]", "reread": "on"})
    assert set(response.context["form"].errors) == {"question"}


def test_nothing_is_chosen_for_who_refuses_or_ends(client: Client, echevine: User, spoc: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    client.force_login(spoc)
    for verb, field in (("close", "outcome"), ("deliver", "proposed_outcome")):
        assert field in client.post(step(row, verb), {field: ""}).context["form"].errors


def test_the_desk_says_what_was_done_not_only_where_it_stands(
    client: Client, echevine: User, spoc: User, editor: User
) -> None:
    row = brought_to("in_progress", echevine, spoc)
    client.force_login(spoc)
    response = client.post(step(row, "reassign"), {"assigned_to": editor.pk, "note": ""}, follow=True)
    assert "changé de gestionnaire" in next(str(message) for message in response.context["messages"])
