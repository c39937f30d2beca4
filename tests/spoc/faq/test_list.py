"""The answers of the Region as a list and as a table: for all communes what is for all, the rest for who follows it."""

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
from spoc.faq.filters import PLACES
from spoc.models import Answer
from tests.cast import Cast
from tests.spoc.concerns.stories import a_theme, answered
from tests.spoc.faq.answers import OTHER_QUESTION, OTHER_TEXTS, for_all, given

pytestmark = pytest.mark.django_db
Read = Callable[..., list[list[Any]]]


def listed(client: Client, user: User, **asked: str) -> list[Answer]:
    client.force_login(user)
    return [row for row, _heading in client.get(reverse("spoc:answer-list"), asked).context["lines"]]


def read_csv(client: Client, **asked: str) -> list[list[Any]]:
    response = client.get(reverse("spoc:answer-csv"), asked)
    text = b"".join(response).decode("utf-8-sig")  # type: ignore[call-overload]
    return list(csv.reader(StringIO(text), delimiter=";"))


def read_xlsx(client: Client, **asked: str) -> list[list[Any]]:
    response = client.get(reverse("spoc:answer-xlsx"), asked)
    book = load_workbook(BytesIO(b"".join(response)))  # type: ignore[call-overload]
    return [[cell.value or "" for cell in row] for row in book.active.iter_rows()]


BOTH = pytest.mark.parametrize("read", [read_csv, read_xlsx])


def test_every_commune_reads_what_is_for_all_with_its_dates(client: Client, cast: Cast) -> None:
    row = for_all(cast.echevine, cast.spoc, cast.lead)
    for person in (cast.echevine, cast.stranger, cast.cabinet, cast.spoc):
        assert listed(client, person) == [row]
    page = client.get(reverse("spoc:answer-list")).content.decode()
    assert f"{row.published_at:%d.%m.%Y}" in page
    assert f"{row.review_on:%d.%m.%Y}" in page


def test_what_was_published_to_the_communes_concerned_only_is_in_nobodys_list_of_questions(
    client: Client, cast: Cast
) -> None:
    answered(cast.echevine, cast.spoc, cast.lead)
    for person in (cast.echevine, cast.stranger, cast.lead):
        assert listed(client, person) == []


@pytest.mark.parametrize("words", ["eclairage", "ÉCLAIRAGE", "verlichting", "gewest"])
def test_words_are_found_in_both_languages_without_accents(words: str, client: Client, cast: Cast) -> None:
    for_all(cast.echevine, cast.spoc, cast.lead)
    wanted = for_all(
        cast.echevine, cast.spoc, cast.lead, 1, questions=OTHER_QUESTION, texts=OTHER_TEXTS, is_shareable=True
    )
    assert listed(client, cast.stranger, text=words) == [wanted]


def test_a_theme_narrows_it_down(client: Client, cast: Cast) -> None:
    for_all(cast.echevine, cast.spoc, cast.lead)
    wanted = for_all(cast.echevine, cast.spoc, cast.lead, 1, theme=a_theme("rents"))
    assert listed(client, cast.stranger, theme="rents") == [wanted]


@pytest.mark.parametrize("state", PLACES)
def test_a_commune_asks_for_no_state(state: str, client: Client, cast: Cast) -> None:
    public = for_all(cast.echevine, cast.spoc, cast.lead)
    answered(cast.echevine, cast.spoc, cast.lead, title="Autre")
    assert listed(client, cast.stranger, state=state) == [public]
    client.force_login(cast.stranger)
    assert "state" not in client.get(reverse("spoc:answer-list")).context["form"].fields


def test_who_follows_them_reads_each_state(client: Client, cast: Cast) -> None:
    _row, _note, half = given(cast.echevine, cast.spoc, cast.lead, text_fr="Deux mètres.")
    _row, _note, whole = given(cast.delegate, cast.spoc, cast.lead)
    public = for_all(cast.echevine, cast.spoc, cast.lead, 1)
    Answer.objects.filter(pk=public.pk).update(review_on="2026-01-05")
    _row, _note, gone = answered(cast.echevine, cast.spoc, cast.lead, title="Autre")
    gone.withdraw(by=cast.lead, reason="Plus valable.")
    expected = {
        "to_complete": [half], "to_publish": [whole], "to_review": [public], "published": [public],
        "superseded": [], "withdrawn": [gone], "all": [gone, public, whole, half],
    }  # fmt: skip
    for person in (cast.lead, cast.editor, cast.cabinet, cast.taskforce):
        assert {state: listed(client, person, state=state) for state in PLACES} == expected


def test_the_next_page_begins_after_the_last_row(client: Client, cast: Cast) -> None:
    rows = [for_all(cast.echevine, cast.spoc, cast.lead, number) for number in range(27)]
    client.force_login(cast.stranger)
    first = client.get(reverse("spoc:answer-list"))
    second = client.get(f"{reverse('spoc:answer-list')}?{first.context['following']}")
    found = [row for page in (first, second) for row, _heading in page.context["lines"]]
    assert found == rows[::-1]
    assert second.context["following"] == ""
    assert client.get(reverse("spoc:answer-list"), {"after": "nowhere"}).status_code == 404


def test_it_asks_as_often_for_one_as_for_twelve(client: Client, cast: Cast) -> None:
    def queries(person: User, address: str) -> int:
        client.force_login(person)
        client.get(address)
        with CaptureQueriesContext(connection) as found:
            b"".join(client.get(address))
        return len(found)

    addresses = [
        reverse("spoc:answer-list"),
        f"{reverse('spoc:answer-list')}?state=all",
        reverse("spoc:answer-csv"),
    ]
    asked = [(person, address) for person in (cast.stranger, cast.lead) for address in addresses]
    for_all(cast.echevine, cast.spoc, cast.lead)
    few = [queries(*one) for one in asked]
    for number in range(1, 12):
        for_all(cast.echevine, cast.spoc, cast.lead, number)
    assert [queries(*one) for one in asked] == few


@BOTH
@pytest.mark.parametrize("state", ["", *PLACES])
def test_the_table_holds_what_the_list_shows(state: str, read: Read, client: Client, cast: Cast) -> None:
    for_all(cast.echevine, cast.spoc, cast.lead)
    given(cast.delegate, cast.spoc, cast.lead)
    for person in (cast.lead, cast.stranger):
        rows = listed(client, person, state=state)
        head, *found = read(client, state=state)
        assert head[0] == "Question en français"
        assert [row[2] for row in found] == [row.text_fr for row in rows]


def test_it_is_journalled(client: Client, cast: Cast) -> None:
    client.force_login(cast.stranger)
    read_csv(client, theme=a_theme().code)
    entry = JournalEntry.objects.get(kind="exported")
    assert entry.detail == {"what": "answers", "format": "csv", "narrowed_by": ["theme"]}


@BOTH
def test_a_theme_that_does_not_exist_is_said_on_the_list(read: Read, client: Client, cast: Cast) -> None:
    client.force_login(cast.stranger)
    name = "csv" if read is read_csv else "xlsx"
    response = client.get(reverse(f"spoc:answer-{name}"), {"theme": "nothing"})
    assert response["Location"] == f"{reverse('spoc:answer-list')}?theme=nothing"
    assert client.get(response["Location"]).context["form"].errors.keys() == {"theme"}
