"""The list as a table: the same rows as the list, for the same reader, and nothing that acts in a spreadsheet."""

import csv
from collections.abc import Callable
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from hubportal.accounts.models import JournalEntry, User
from tests.cast import COMMUNE_B
from tests.spoc.stories import CANARY, a_draft, brought_to, set_back

pytestmark = pytest.mark.django_db
Read = Callable[..., list[list[Any]]]


def read_csv(client: Client, **asked: str) -> list[list[Any]]:
    response = client.get(reverse("spoc:request-csv"), asked)
    text = b"".join(response).decode("utf-8-sig")  # type: ignore[call-overload]
    return list(csv.reader(StringIO(text), delimiter=";"))


def read_xlsx(client: Client, **asked: str) -> list[list[Any]]:
    response = client.get(reverse("spoc:request-xlsx"), asked)
    book = load_workbook(BytesIO(b"".join(response)))  # type: ignore[call-overload]
    return [[cell.value or "" for cell in row] for row in book.active.iter_rows()]


BOTH = pytest.mark.parametrize("read", [read_csv, read_xlsx])


@BOTH
def test_it_holds_what_the_list_shows(read: Read, client: Client, echevine: User, spoc: User) -> None:
    brought_to("closed", echevine, spoc, title="Fini")
    brought_to("submitted", echevine, spoc, title="Neuf", kind="chantier")
    a_draft(echevine, title="Brouillon")
    for person, expected in ((echevine, {"Fini", "Neuf", "Brouillon"}), (spoc, {"Fini", "Neuf"})):
        client.force_login(person)
        head, *rows = read(client)
        assert head[0] == "Référence"
        assert {row[4] for row in rows} == expected
        listed = client.get(reverse("spoc:request-list")).context["lines"]
        assert {row[4] for row in rows} == {line.row.title for line in listed}
    assert {row[4] for row in read(client, kind="chantier")[1:]} == {"Neuf"}


@BOTH
@pytest.mark.parametrize("trap", ["=1+1", "+32 2", "-2", "@SUM(A1)", "\t=1", " =cmd|x", "\u202e=1"])
def test_no_cell_begins_a_formula(trap: str, read: Read, client: Client, echevine: User, spoc: User) -> None:
    # Behind the model's back: of a title it refuses some of them itself.
    set_back(brought_to("submitted", echevine, spoc), title=f"{trap} titre", outside_reason=trap)
    client.force_login(spoc)
    row = read(client)[1]
    for text in (row[4], row[14]):
        assert text.startswith("'") or not text.strip().startswith(tuple("=+-@"))
        assert "\u202e" not in text


@BOTH
def test_nothing_of_another_commune(
    read: Read, client: Client, echevine: User, spoc: User, stranger: User
) -> None:
    brought_to("submitted", echevine, spoc)
    client.force_login(stranger)
    assert CANARY not in str(read(client))
    assert len(read(client, commune="21001")) == 1
    client.force_login(spoc)
    assert len(read(client, commune=COMMUNE_B)) == 1


def test_it_is_journalled_and_a_wrong_filter_is_said_on_the_list(client: Client, spoc: User) -> None:
    client.force_login(spoc)
    read_csv(client, state="open")
    entry = JournalEntry.objects.get(kind="exported")
    assert (entry.actor, entry.detail["format"], entry.detail["narrowed_by"]) == (spoc, "csv", ["state"])
    response = client.get(reverse("spoc:request-csv"), {"state": "asleep"})
    assert response.url == f"{reverse('spoc:request-list')}?state=asleep"


def test_as_many_queries_for_one_row_as_for_twenty(client: Client, echevine: User, spoc: User) -> None:
    client.force_login(spoc)
    brought_to("submitted", echevine, spoc)
    read_csv(client)
    with CaptureQueriesContext(connection) as few:
        read_csv(client)
    for _number in range(20):
        brought_to("submitted", echevine, spoc)
    with CaptureQueriesContext(connection) as many:
        assert len(read_csv(client)) == 22
    assert len(few) == len(many)
