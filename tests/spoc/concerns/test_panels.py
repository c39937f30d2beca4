"""What concerns show at home, on the page of a commune and in the coverage matrix."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from hubportal.accounts.models import User
from tests.cast import COMMUNE_A, COMMUNE_B, MandateFactory
from tests.spoc.concerns.stories import CANARY, a_concern, of_communes, published, qualified, relayed

pytestmark = pytest.mark.django_db


def home(client: Client, person: User) -> str:
    """Return a person's home."""
    client.force_login(person)
    return str(client.get(reverse("home")).text)


def test_a_commune_reads_what_waits_for_it(client: Client, echevine: User, spoc: User) -> None:
    row = qualified(echevine, spoc, title="Loyers")
    row.answer_locally(by=spoc, text="Voici.")
    text = home(client, echevine)
    assert "Loyers" in text
    assert "si la réponse vous aide" in text
    row.refresh_from_db()
    row.close(by=echevine)
    assert "Loyers" not in home(client, echevine)


def test_the_commune_that_is_chosen_is_shown(client: Client, echevine: User, commune_b: Any) -> None:
    MandateFactory(user=echevine, commune_id=COMMUNE_B)
    a_concern(echevine, title="Première")
    a_concern(echevine, COMMUNE_B, title="Seconde")
    text = home(client, echevine)
    assert "Première" in text
    assert "Seconde" not in text


def test_what_a_commune_reopened_and_what_is_urgent_come_before_the_spoc(
    client: Client, echevine: User, spoc: User
) -> None:
    row = qualified(echevine, spoc, title="Rouverte")
    row.answer_locally(by=spoc, text="Voici.")
    row.reopen(by=echevine, reason="Toujours rien.")
    assert "Toujours rien." in home(client, spoc)
    a_concern(echevine, title="Pressée", urgency="urgent")
    for number in range(3):
        a_concern(echevine, title=f"Suivante {number}")
    text = home(client, spoc)
    assert text.index("Pressée") < text.index("Suivante 2")
    row.write(by=spoc, text="J’appelle la Région.", is_public=False)
    assert "Toujours rien." not in home(client, spoc)


def test_a_spoc_reads_what_is_to_qualify_and_to_pass_on(
    client: Client, echevine: User, stranger: User, spoc: User, lead: User
) -> None:
    a_concern(echevine, title="Nouvelle")
    a_concern(stranger, COMMUNE_B, title="Ailleurs")
    _, note = relayed(echevine, spoc, lead, title="Relayée")
    assert "Relayée" not in home(client, spoc)
    published(note, lead)
    text = home(client, spoc)
    for title in ("Nouvelle", "Relayée"):
        assert title in text
    assert "Ailleurs" not in text
    # What the commune was asked about waits for its answer, not for the SPOC.
    asked = a_concern(echevine, title="Demandée")
    asked.ask(by=spoc, question="Où ?")
    assert "Demandée" not in home(client, spoc)
    # A lead reads those of all communes.
    assert "Ailleurs" in home(client, lead)


@pytest.mark.parametrize("person", ["stranger", "cabinet", "taskforce", "director"])
def test_nothing_of_it_is_at_the_home_of_others(
    person: str, client: Client, echevine: User, request: pytest.FixtureRequest
) -> None:
    a_concern(echevine)
    assert CANARY not in home(client, request.getfixturevalue(person))


def test_the_page_of_a_commune_shows_it_to_its_people_and_the_agency(
    client: Client, echevine: User, stranger: User, editor: User
) -> None:
    a_concern(echevine)
    address = reverse("communes:detail", args=[COMMUNE_A])
    for person, is_there in ((echevine, True), (editor, True), (stranger, False)):
        client.force_login(person)
        assert (CANARY in client.get(address).text) == is_there


def test_the_matrix_counts_open_and_urgent_ones(
    client: Client, echevine: User, spoc: User, lead: User
) -> None:
    a_concern(echevine, urgency="urgent")
    told = qualified(echevine, spoc, title="Dite", urgency="urgent")
    told.answer_locally(by=spoc, text="Voici.")
    client.force_login(lead)
    text = client.get(reverse("communes:coverage")).text
    address = f"{reverse('spoc:concern-list')}?commune={COMMUNE_A}&amp;state=open"
    assert f'href="{address}">2</a>' in text
    # Each figure leads to the list that it counts.
    for state, count in (("open", 2), ("urgent", 1)):
        listed = client.get(reverse("spoc:concern-list"), {"commune": COMMUNE_A, "state": state})
        assert len(listed.context["lines"]) == count
        assert f"commune={COMMUNE_A}&amp;state={state}" in text


@pytest.mark.parametrize("person", ["echevine", "spoc", "lead"])
def test_one_concern_costs_home_as_much_as_twenty(
    person: str, client: Client, counted: Any, echevine: User, request: pytest.FixtureRequest
) -> None:
    reader = request.getfixturevalue(person)
    a_concern(echevine, title="Une")
    home(client, reader)
    with counted() as one:
        home(client, reader)
    of_communes(8)
    for number in range(8):
        a_concern(echevine, title=f"Terrasses {number}")
    with counted() as many:
        home(client, reader)
    assert len(many) == len(one)
