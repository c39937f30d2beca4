"""Searching: words of both languages, without accents, in references, communes, articles and themes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conventions.models import Convention
from hubportal.accounts.models import User
from tests.conventions.agreements import begun

pytestmark = pytest.mark.django_db


@pytest.fixture
def convention(lead: User) -> Convention:
    """One of Anderlecht, whose article 3 speaks of a market hall."""
    row = begun()
    row.articles.get(number=3).revise(
        by=lead,
        version=1,
        body_fr="Les halles rénovées de la Région.",
        body_nl="De gerenoveerde markthallen.",
    )
    theme = row.themes.get()
    theme.revise(by=lead, version=1, modality_fr="Des étals fleuris.", modality_nl="Bloemenkramen.")
    return row


@pytest.mark.parametrize(
    "text",
    [
        "renovees", "RÉNOVÉES", "rénovée", "halle", "markthallen", "gerenoveerde", "halles région",
        "etal fleuri", "bloemenkramen", "anderlecht", "CC-20", '"halles rénovées"', "tilleul OR halles",
    ],
)  # fmt: skip
def test_found(text: str, convention: Convention) -> None:
    assert list(Convention.objects.search(text)) == [convention]


@pytest.mark.parametrize(
    "text", ["tilleul", "halles -rénovées", "Forest", "\0", "'; DROP TABLE", "x" * 10_000, "&|!()<->:*"]
)
def test_not_found(text: str, convention: Convention) -> None:
    # A NUL alone is nothing at all, which every name holds.
    found = list(Convention.objects.search(text))
    assert found == ([convention] if text == "\0" else [])


def test_titles_alone_do_not_tell_what_a_text_says(convention: Convention) -> None:
    assert not Convention.objects.search_titles("halles").exists()
    assert list(Convention.objects.search_titles("anderl")) == [convention]


def test_it_is_one_query(convention: Convention) -> None:
    with CaptureQueriesContext(connection) as queries:
        list(Convention.objects.search("halles"))
    assert len(queries) == 1


def test_rows_come_without_their_search_columns(convention: Convention) -> None:
    with CaptureQueriesContext(connection) as queries:
        list(convention.articles.all())
        list(convention.themes.all())
    assert "search_fr" not in "".join(query["sql"] for query in queries)
