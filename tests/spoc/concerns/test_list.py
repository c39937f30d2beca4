"""The list of concerns, how it is narrowed down, and the same as a table."""

import csv
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from hubportal.accounts.models import JournalEntry, User
from tests.cast import COMMUNE_B
from tests.spoc.concerns.stories import CANARY, a_concern, a_group, of_communes, published, qualified, relayed

pytestmark = pytest.mark.django_db
LIST = "spoc:concern-list"


def titles(client: Client, **asked: str) -> list[str]:
    """Return the titles that a filter finds."""
    return [line.row.title for line in client.get(reverse(LIST), asked).context["lines"]]


@pytest.fixture
def rows(echevine: User, stranger: User, spoc: User, lead: User) -> dict[str, Any]:
    """Of commune A one raised, one answered; of B a shared and a confidential one."""
    told = qualified(echevine, spoc, title="Loyers", urgency="urgent")
    told.answer_locally(by=spoc, text="Voici.")
    return {
        "told": told,
        "new": a_concern(echevine, title="Égouts"),
        "shared": a_concern(stranger, COMMUNE_B, title="Terrassen", is_shareable=True),
        "hidden": a_concern(stranger, COMMUNE_B, title="Geheim"),
    }


def test_a_commune_reads_its_own_what_waits_for_it_first(
    client: Client, rows: dict[str, Any], echevine: User
) -> None:
    client.force_login(echevine)
    assert titles(client) == ["Loyers", "Égouts"]
    assert titles(client, commune="shared") == ["Terrassen"]
    assert set(titles(client, commune="")) == {"Loyers", "Égouts", "Terrassen"}


def test_a_spoc_reads_the_communes_they_serve_and_may_widen(
    client: Client, rows: dict[str, Any], spoc: User
) -> None:
    client.force_login(spoc)
    assert titles(client) == ["Égouts", "Loyers"]
    assert set(titles(client, commune="")) == {"Loyers", "Égouts", "Terrassen", "Geheim"}
    assert set(titles(client, commune=COMMUNE_B)) == {"Terrassen", "Geheim"}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"state": "answered"}, {"Loyers"}),
        ({"state": "open"}, {"Loyers", "Égouts"}),
        ({"urgency": "urgent"}, {"Loyers"}),
        ({"theme": "rents"}, set()),
        ({"theme": "terraces"}, {"Loyers", "Égouts"}),
        ({"text": "egout"}, {"Égouts"}),
        ({"mine": "waits"}, {"Loyers"}),
        ({"mine": "mine"}, {"Loyers", "Égouts"}),
    ],
)
def test_each_field_narrows(
    asked: dict[str, str], found: set[str], client: Client, rows: dict[str, Any], echevine: User
) -> None:
    client.force_login(echevine)
    assert set(titles(client, **asked)) == found


def test_what_waits_for_another_commune_does_not_wait_for_ours(
    client: Client, rows: dict[str, Any], echevine: User, stranger: User, lead: User
) -> None:
    rows["shared"].answer_locally(by=lead, text="Ja.")
    client.force_login(echevine)
    assert titles(client, commune="") == ["Loyers", "Terrassen", "Égouts"]
    assert titles(client, commune="", mine="waits") == ["Loyers"]
    client.force_login(stranger)
    assert titles(client, commune="", mine="waits") == ["Terrassen"]


def test_a_reference_finds(client: Client, rows: dict[str, Any], echevine: User) -> None:
    client.force_login(echevine)
    assert titles(client, text=rows["new"].reference.lower()) == ["Égouts"]


def test_a_reopened_one_waits_for_the_spoc_until_they_do_something(
    client: Client, echevine: User, spoc: User
) -> None:
    row = qualified(echevine, spoc, title="Loyers")
    row.ask(by=spoc, question="Où ?")
    row.answer_locally(by=spoc, text="Voici.")
    row.reopen(by=echevine, reason="Rien ne change.")
    client.force_login(spoc)
    assert titles(client, mine="waits") == ["Loyers"]
    client.force_login(echevine)
    assert titles(client, mine="waits") == []
    row.requalify(by=spoc, urgency="urgent")
    client.force_login(spoc)
    assert titles(client, mine="waits") == []


def test_urgent_ones_come_first_for_a_spoc(client: Client, echevine: User, spoc: User) -> None:
    client.force_login(spoc)
    a_concern(echevine, title="Vite", urgency="urgent")
    for number in range(3):
        a_concern(echevine, title=f"Plus tard {number}")
    assert titles(client)[0] == "Vite"


def test_a_part_that_another_list_has_is_not_found(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    assert client.get(reverse(LIST), {"after": "3-1-1"}).status_code == 200
    assert client.get(reverse("spoc:request-list"), {"after": "3-1-1"}).status_code == 404


def test_an_answer_to_pass_on_waits_for_the_spoc(
    client: Client, echevine: User, spoc: User, lead: User
) -> None:
    row, note = relayed(echevine, spoc, lead)
    client.force_login(spoc)
    assert titles(client, mine="waits") == titles(client, state="to_pass_on") == []
    published(note, lead)
    assert titles(client, mine="waits") == titles(client, state="to_pass_on") == [row.title]


def test_a_question_waits_for_the_commune_until_it_answers(
    client: Client, echevine: User, spoc: User
) -> None:
    row = a_concern(echevine)
    row.ask(by=spoc, question="Où ?")
    client.force_login(echevine)
    assert titles(client, mine="waits") == [row.title]
    client.force_login(spoc)
    assert titles(client, mine="waits") == []
    row.write(by=echevine, text="Là.")
    assert titles(client, mine="waits") == [row.title]


@pytest.mark.parametrize("asked", [{"state": "nowhere"}, {"commune": "99999"}, {"theme": "x"}])
def test_what_cannot_be_looked_for_is_said_at_its_field(
    asked: dict[str, str], client: Client, rows: dict[str, Any], echevine: User
) -> None:
    client.force_login(echevine)
    page = client.get(reverse(LIST), asked)
    assert page.context["lines"] == []
    assert set(page.context["form"].errors) == set(asked)


def test_a_commune_cannot_choose_another_ones_list(
    client: Client, rows: dict[str, Any], echevine: User
) -> None:
    client.force_login(echevine)
    assert titles(client, commune=COMMUNE_B) == []


@pytest.mark.parametrize("after", ["x", "4-1-1", "0-1-"])
def test_a_place_that_cannot_be_is_not_found(after: str, client: Client, echevine: User) -> None:
    client.force_login(echevine)
    assert client.get(reverse(LIST), {"after": after}).status_code == 404


def test_pages_follow_each_other_without_a_gap(client: Client, echevine: User, spoc: User) -> None:
    for number in range(28):
        a_concern(echevine, title=f"Terrasses {number}")
    client.force_login(echevine)
    first = client.get(reverse(LIST))
    second = client.get(f"{reverse(LIST)}?{first.context['following']}")
    found = [line.row.pk for page in (first, second) for line in page.context["lines"]]
    assert len(found) == len(set(found)) == 28
    assert second.context["following"] == ""


@pytest.mark.parametrize("person", ["echevine", "spoc", "lead"])
def test_one_row_costs_as_much_as_twenty(
    person: str, client: Client, counted: Any, echevine: User, lead: User, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(person))
    a_concern(echevine)
    client.get(reverse(LIST))
    with counted() as one:
        client.get(reverse(LIST))
    of_communes(10)
    for number in range(9):
        a_concern(echevine, title=f"Terrasses {number}").ask(by=lead, question="Où ?")
    with counted() as twenty:
        client.get(reverse(LIST), {"commune": ""})
    assert len(twenty) == len(one)


# --- The table ---------------------------------------------------------------------------------------------------


def table(client: Client, **asked: str) -> list[list[str]]:
    """Return the rows of the CSV, its head first."""
    response: Any = client.get(reverse("spoc:concern-csv"), asked)
    text = b"".join(response).decode("utf-8-sig")
    return list(csv.reader(StringIO(text), delimiter=";"))


def test_the_table_holds_what_the_list_shows(
    client: Client, rows: dict[str, Any], echevine: User, spoc: User, lead: User
) -> None:
    rows["new"].join_group(by=spoc, group=a_group(lead))
    for person in (echevine, spoc):
        client.force_login(person)
        for asked in ({}, {"state": "answered"}, {"commune": ""}):
            head, *found = table(client, **asked)
            assert head[0] == "Référence"
            assert {row[3] for row in found} == set(titles(client, **asked))
    assert JournalEntry.objects.filter(kind="exported", actor=spoc).count() == 3


def test_the_other_table_is_a_workbook(client: Client, rows: dict[str, Any], echevine: User) -> None:
    client.force_login(echevine)
    response = client.get(reverse("spoc:concern-xlsx"))
    assert "spreadsheetml" in response["Content-Type"]


def test_a_filter_that_cannot_be_leads_to_the_list(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    response = client.get(reverse("spoc:concern-csv"), {"state": "nowhere"})
    assert response["Location"].endswith("?state=nowhere")


def test_a_confidential_concern_is_in_no_list_of_another_commune(
    client: Client, echevine: User, stranger: User
) -> None:
    a_concern(echevine)
    client.force_login(stranger)
    for asked in (
        {},
        {"commune": ""},
        {"commune": "shared"},
        {"text": "terrasses"},
        {"commune": "", "text": "terrasses"},
    ):
        page = client.get(reverse(LIST), asked)
        assert page.context["lines"] == []
        assert CANARY not in page.text
        assert len(table(client, **asked)) == 1
