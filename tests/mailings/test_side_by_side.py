"""Both texts of an edition side by side, piece by piece, and as their readers will see them before an approval."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from hubportal.accounts.models import User
from mailings.letter import letter
from mailings.models import Mailing
from mailings.showing import comparison, pair
from tests.mailings.editions import FRAME
from tests.mailings.leaving import page
from tests.mailings.made import TEXTS, an_edition, brought_to, in_state

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def words(piece: str) -> str:
    """Return the words of a piece of HTML."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", piece)).split())


def written(fr: str, nl: str) -> Mailing:
    """Return a draft of two bodies."""
    return an_edition(fr={**TEXTS["fr"], "body": fr}, nl={**TEXTS["nl"], "body": nl})


def cut(row: Mailing, **values: Any) -> list[tuple[bool, list[str]]]:
    """Return the rows of an edition: whether it is the one that stands out, the words of each side."""
    return [(line.is_ask, [words(piece) for _, piece in line.sides]) for line in pair(row, **values).rows]


def test_each_section_stands_beside_its_twin() -> None:
    row = written("Un\n\n# A\na\n\n## Aa\naa\n\n# B\nb", "Een\n\n# C\nc\n\n## Cc\ncc\n\n# D\nd")
    assert cut(row) == [
        (False, ["Un", "Een"]),
        (True, ["A a Aa aa", "C c Cc cc"]),
        (False, ["B b", "D d"]),
    ]


@pytest.mark.parametrize(
    ("fr", "nl", "rows"),
    [
        ("", "", []),
        ("un", "", [(False, ["un", ""])]),
        ("# A", "# C", [(False, ["A", "C"])]),
        ("# A\n\n# B", "# C", [(True, ["A", ""]), (False, ["B", "C"])]),
        ("# A", "x\n\n# C\n\n# D\n\n# E", [
            (False, ["", "x"]), (True, ["", "C"]), (False, ["A", "D"]), (False, ["", "E"])
        ]),
    ],
)  # fmt: skip
def test_a_draft_whose_texts_are_of_different_length_is_shown_whole(
    fr: str, nl: str, rows: list[tuple[bool, list[str]]], client: Client, editor: User
) -> None:
    row = written(fr, nl)
    assert cut(row) == rows
    client.force_login(editor)
    assert page(client.get(row.get_absolute_url()))


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_what_stands_out_on_the_page_is_what_stands_out_in_the_mail(language: str) -> None:
    row = an_edition()
    mail = letter([row.text(language)], FRAME).html
    (highlighted,) = re.findall(r'class="ask".*?<td class="body"[^>]*>(.*?)</td>', mail, re.DOTALL)
    (text,) = (text for text in pair(row).texts if text.language == language)
    assert words(text.pieces.ask) == words(highlighted)
    assert words(highlighted).startswith(("Ce que nous vous demandons", "Wat wij u vragen"))


def test_who_approves_sees_the_letter_as_its_reader_will(client: Client, cabinet: User) -> None:
    row = brought_to("in_review")
    client.force_login(cabinet)
    found = page(client.get(reverse("mailings:step", args=[row.number, "approve"])))
    assert "[[" not in found
    asks = re.findall(r'<div class="ask">(.*?)</div>', found, re.DOTALL)
    assert [words(ask).partition(" ")[0] for ask in asks] == ["Ce", "Wat"]
    assert all(cabinet.full_name in ask for ask in asks)
    for said in (
        *("Destiné à", "Bestemd voor", "J’ai pris connaissance", "Ik heb kennisgenomen"),
        *("Votre contact\N{NO-BREAK SPACE}: hub.brussels", "Uw contact: hub.brussels"),
        *("L’équipe Partenariats locaux", "Het team Lokale partnerschappen"),
    ):
        assert said in found, said


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "[[spoc]] {{ x }}"])
def test_an_odd_name_is_only_a_name(name: str, client: Client, cabinet: User) -> None:
    row = brought_to("in_review")
    cabinet.last_name = name
    cabinet.save()
    client.force_login(cabinet)
    content = client.get(reverse("mailings:step", args=[row.number, "approve"])).content.decode()
    assert "<script>alert" not in content
    assert name in unescape(content)


def test_the_preview_and_the_archive_highlight_it_too(client: Client, editor: User, echevine: User) -> None:
    row = in_state("sent")
    client.force_login(echevine)
    assert client.get(row.get_absolute_url()).content.count(b'<div class="ask">') == 1
    by_link = reverse("mailings:read", args=[row.deliveries.get(address=echevine.email).token])
    assert Client().get(by_link).content.count(b'<div class="ask">') == 2
    client.force_login(editor)
    mail = reverse("mailings:mail", args=[row.number, "both"])
    assert client.get(mail).content.count(b'class="ask"') == 2


def test_what_changed_is_shown_field_by_field() -> None:
    row = brought_to("in_review")
    texts = {"fr": {**TEXTS["fr"], "preheader": "Autre"}, "nl": {**TEXTS["nl"], "subject": "Ander"}}
    row.revise(by=row.created_by, texts=texts, portfolios=row.portfolios, version=row.version)
    found = comparison(row)
    assert found is not None
    assert [[(language, bool(lines)) for language, lines in line] for line in found.rows] == [
        [("fr", False), ("nl", True)],
        [("fr", True), ("nl", False)],
    ]
    assert not found.is_same_text


def test_each_approver_reads_what_changed_since_their_own_last_word(cabinet: User, lead: User) -> None:
    row = brought_to("in_review")

    def change(**subjects: str) -> None:
        texts = {key: {**TEXTS[key], "subject": subjects.get(key, TEXTS[key]["subject"])} for key in TEXTS}
        row.revise(by=row.created_by, texts=texts, portfolios=row.portfolios, version=row.version)
        row.submit(by=row.created_by)

    row.remark(by=cabinet, comment="Trop long.")
    change(fr="Plus court")
    row.approve(by=lead, seen_hash=row.content_hash)
    change(fr="Plus court", nl="Korter")
    found = {
        reader: comparison(Mailing.objects.get(), reader) for reader in (cabinet, lead, row.created_by, None)
    }
    assert [each and each.since.version for each in found.values()] == [2, 3, 3, 3]
    since_two = found[cabinet]
    assert since_two is not None
    assert [bool(side.subject) for side in since_two.sides or []] == [True, True]
