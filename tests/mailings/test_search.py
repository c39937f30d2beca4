"""Searching the editions: words of both languages, without accents, and only what the reader may see."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from hubportal.accounts.models import Role, User
from mailings import searching, views
from mailings.models import Mailing, Variant
from tests.mailings.leaving import page, sent
from tests.mailings.made import TEXTS, an_edition, brought_to, person

pytestmark = pytest.mark.django_db
FR = {
    **TEXTS["fr"],
    "body": TEXTS["fr"]["body"] + "\nLes halles rénovées, [la fiche](https://x.example/secret).\n",
}
NL = {
    **TEXTS["nl"],
    "body": TEXTS["nl"]["body"] + "\nDe gerenoveerde markthallen, [de fiche](https://x.example/n).\n",
}


@pytest.fixture(autouse=True)
def _french() -> Iterator[None]:
    with translation.override("fr"):
        yield


@pytest.fixture
def row(echevine: User) -> Mailing:
    """An edition that was sent and speaks of a market hall."""
    return sent(brought_to("sending", an_edition(fr=FR, nl=NL)))


def looked_for(client: Client, user: User, words: str, **asked: str) -> str:
    """Return the page of what is found, with the marks of what was looked for taken away."""
    client.force_login(user)
    html = page(client.get(reverse("mailings:list"), {"q": words, **asked}))
    return html.replace("<mark>", "").replace("</mark>", "")


@pytest.mark.parametrize(
    "words",
    ["renovees", "RÉNOVÉE", "halle", "markthallen", "gerenoveerde", "soldes", "essentiel", '"halles rénovées"',
     "tilleul OR halles"],
)  # fmt: skip
@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_found_whatever_the_language_of_the_page(words: str, language: str, row: Mailing) -> None:
    with translation.override(language):
        assert [hit.mailing for hit in searching.hits(Mailing.objects.search(words), words)] == [row]


@pytest.mark.parametrize(
    "words", ["tilleul", "halles -rénovées", "\0", "'; DROP TABLE", "x" * 10_000, "&|!()<->:*", "secret"]
)
def test_not_found(words: str, row: Mailing) -> None:
    # An address is no word of the text: it is found as a whole, never by a piece of its path.
    assert not Mailing.objects.search(words).exists()


def test_the_page_shows_the_subject_and_the_words_around_without_marks_of_markdown(
    client: Client, echevine: User, row: Mailing
) -> None:
    html = looked_for(client, echevine, "halles")
    assert f'href="{row.get_absolute_url()}?language=fr"' in html
    assert TEXTS["fr"]["subject"] in html
    assert "Les halles rénovées, la fiche" in html
    assert "x.example" not in html


def test_what_was_looked_for_is_marked(client: Client, echevine: User, row: Mailing) -> None:
    client.force_login(echevine)
    assert "<mark>halles</mark>" in page(client.get(reverse("mailings:list"), {"q": "halle"}))


def test_what_only_the_subject_holds_is_shown_with_the_preview_line(
    client: Client, echevine: User, row: Mailing
) -> None:
    (hit,) = searching.hits(Mailing.objects.search("chauffées"), "chauffées")
    assert hit.subject == "Soldes et terrasses <mark>chauffées</mark>"
    assert hit.extract == FR["preheader"]


def test_a_word_of_the_other_language_shows_that_language(
    client: Client, echevine: User, row: Mailing
) -> None:
    html = looked_for(client, echevine, "markthallen")
    assert f'href="{row.get_absolute_url()}?language=nl" lang="nl"' in html
    assert TEXTS["nl"]["subject"] in html


def test_what_somebody_typed_is_shown_as_text(client: Client, echevine: User) -> None:
    body = FR["body"] + "\n<script>alert(1)</script> et <b>halles</b>\n"
    sent(brought_to("sending", an_edition(fr={**FR, "body": body}, nl=NL)))
    client.force_login(echevine)
    raw = client.get(reverse("mailings:list"), {"q": "alert <i>"}).content.decode()
    assert "<script>alert" not in raw
    assert "<i>" not in raw


def test_a_commune_finds_nothing_of_what_was_not_sent(client: Client, echevine: User) -> None:
    row = brought_to("in_review", an_edition(fr=FR, nl=NL))
    assert row.get_absolute_url() not in looked_for(client, echevine, "halles")
    assert row.get_absolute_url() in looked_for(client, person(Role.SPOC), "halles")
    assert row.get_absolute_url() in looked_for(client, person(Role.CABINET), "halles")


def test_the_cabinet_finds_nothing_in_a_draft(client: Client, cabinet: User) -> None:
    row = an_edition(fr=FR, nl=NL)
    assert row.get_absolute_url() not in looked_for(client, cabinet, "halles")


def test_nothing_found_says_what_to_do(client: Client, echevine: User, row: Mailing) -> None:
    assert "Essayez avec moins de mots" in looked_for(client, echevine, "tilleul")


def test_pages_follow_each_other_and_keep_the_words(
    client: Client, echevine: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PAGE", 1)
    first, second = (sent(brought_to("sending", an_edition(fr=FR, nl=NL))) for _number in range(2))
    html = looked_for(client, echevine, "halles & marché")
    assert second.get_absolute_url() in html
    assert first.get_absolute_url() not in html
    assert f'href="?q=halles%20%26%20march%C3%A9&before={second.number}"' in html
    assert first.get_absolute_url() in looked_for(client, echevine, "halles", before=str(second.number))


def test_one_asks_as_often_for_many_hits_as_for_one(client: Client, echevine: User, row: Mailing) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            looked_for(client, echevine, "halles")
        return len(found)

    queries()
    one = queries()
    for _number in range(3):
        sent(brought_to("sending", an_edition(fr=FR, nl=NL)))
    assert queries() == one


def test_the_database_finds_words_by_their_index(row: Mailing) -> None:
    facts = {"created_by": row.created_by, "week_on": row.week_on}
    many = Mailing.objects.bulk_create(Mailing(number=100 + number, **facts) for number in range(2000))
    body = "Terrasses du soir, guichet unique, horaires. " * 20
    Variant.objects.bulk_create(Variant(mailing=one, language="fr", body=body) for one in many)
    found = Mailing.objects.visible_to(person(Role.SPOC)).search("halles").order_by("-number")[:26]
    with connection.cursor() as cursor:
        # As the database does by itself after a while: many new words wait to be sorted in.
        cursor.execute("SELECT gin_clean_pending_list('variant_search')")
        cursor.execute("ANALYZE mailings_mailing, mailings_variant")
    assert "variant_search" in found.explain()
    assert list(found) == [row]


def test_texts_come_without_their_search_columns(row: Mailing) -> None:
    with CaptureQueriesContext(connection) as queries:
        list(Variant.objects.all())
        list(row.variants.all())
    assert "search_fr" not in "".join(query["sql"] for query in queries)
