"""Words beside signs that are no ASCII: French blanks, quotation marks, dashes, bullets. Found in each kind of text."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation

from conventions.models import Convention
from hubportal import search
from hubportal.accounts.models import User
from mailings import searching
from mailings.models import Mailing
from spoc.models import Answer, ChantierDetails, Concern, ServiceRequest
from tests.conventions.agreements import begun
from tests.mailings.made import TEXTS, an_edition
from tests.spoc.concerns.stories import a_concern, an_answer
from tests.spoc.stories import a_draft

pytestmark = pytest.mark.django_db

TEXT = (
    "Chantiers de voirie\u00a0: la «\u00a0chaussée\u00a0», la «\u202fdrève\u202f» et l\u2019avenue\u202f! "
    "D\u2019été en hiver, aujourd\u2019hui \u201challes\u201d \u201eplein\u201d \u2018kiosque\u2019; "
    "lundi\u2013vendredi, tilleul\u2014platane; bancs\u2026arbres \u2022fontaine \u2192dépôt \uf0b7abri "
    "co\u2011working, commerçant\u00b7e\u00b7s, 500\u20ac, 500\u2009000 habitants, n\u00b012, \u00a73, "
    "\U0001f384sapin\ufe0f, trot\u00adtoirs, par\u200bking, \ufeffgrille, foto\u2019s."
)
FOUND = [
    "voirie", "chantiers de voirie", "chaussée", "drève", "avenue", "l'avenue", "l\u2019avenue", "été", "d\u2019été",
    "d'été", "aujourd'hui", "aujourd\u2019hui", "halles", "plein", "kiosque", "lundi", "vendredi", "tilleul", "platane",
    "bancs", "arbres", "fontaine", "dépôt", "abri", "working", "co-working", "co\u2011working", "commerçant",
    "commerçants", "commerçant\u00b7e\u00b7s", "500", "12", "n\u00b012", "3", "\u00a7\u00a03", "sapin", "trottoir",
    "trot\u00adtoir", "parking", "grille", "foto", "foto's", "voirie\u00a0:", "«\u00a0chaussée\u00a0»",
    "\u201cchantiers de voirie\u201d", '"chantiers de voirie"', "voirie -cimetière", "voirie -\u00a0cimetière",
    "la\u00a0chaussée", "lundi\u2013vendredi",
]  # fmt: skip
"""Each is in TEXT."""
NOT_FOUND = [
    "cimetière", "voirie -chaussée", "voirie -«\u00a0chaussée\u00a0»", "«\u00a0voirie de chantiers\u00a0»", "trot",
    "«\u00a0»",
]  # fmt: skip
"""None is, though some are made of its words."""


def in_a_request(by: User) -> Callable[[str], Any]:
    """Write a request with TEXT; return how requests are looked for."""
    a_draft(by, title="Question", description=TEXT)
    return ServiceRequest.objects.search


def in_works(by: User) -> Callable[[str], Any]:
    """Write a request whose streets hold TEXT."""
    row = a_draft(by, kind="chantier", title="Question", description="")
    ChantierDetails.objects.filter(request=row).update(streets=TEXT)
    return ServiceRequest.objects.search


def in_a_concern(by: User) -> Callable[[str], Any]:
    """Raise a concern with TEXT."""
    a_concern(by, title="Question", text=TEXT)
    return Concern.objects.search


def in_an_answer(by: User) -> Callable[[str], Any]:
    """Keep an answer with TEXT."""
    Answer.objects.filter(pk=an_answer().pk).update(text_fr=TEXT)
    return Answer.objects.search


def in_an_article(by: User) -> Callable[[str], Any]:
    """Write an article with TEXT."""
    begun().articles.filter(number=3).update(body_fr=TEXT)
    return Convention.objects.search


def in_an_edition(by: User) -> Callable[[str], Any]:
    """Write an edition with TEXT."""
    an_edition(fr={**TEXTS["fr"], "body": TEXT}, nl=TEXTS["nl"])
    return Mailing.objects.search


PLACES = [in_a_request, in_works, in_a_concern, in_an_answer, in_an_article, in_an_edition]


@pytest.mark.parametrize("place", PLACES)
def test_a_word_is_found_whatever_sign_stands_beside_it(place: Any, echevine: User) -> None:
    looked_for = place(echevine)
    assert [words for words in FOUND if not looked_for(words).exists()] == []


@pytest.mark.parametrize("place", PLACES)
def test_what_a_text_does_not_say_is_not_found(place: Any, echevine: User) -> None:
    looked_for = place(echevine)
    assert [words for words in NOT_FOUND if looked_for(words).exists()] == []


def test_what_resembles_is_found_by_words_beside_signs(echevine: User) -> None:
    row = a_concern(echevine, title="Question", text=TEXT)
    assert search.telling("«\u00a0voirie\u00a0», trot\u00adtoirs\u2026") == ["voirie", "trottoirs"]
    assert list(Concern.objects.similar_to("Une «\u202fvoirie\u202f»\u00a0?", row.theme_id)) == [row]


@pytest.mark.parametrize(
    "sign", ["\u2019", "\u00a0", "\u2011", "\u00ad", "\U0001f384", "\ue000", "\u2028", "«", "\x01"]
)
def test_the_database_reads_a_sign_as_python_does(sign: str, echevine: User) -> None:
    text = f"a{sign}b{sign}{sign}c"
    row = a_concern(echevine, text=text)
    assert Concern.objects.annotate(plain=search.plain("text")).get(pk=row.pk).plain == search.asked(text)


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("voirie", "Chantiers de <mark>voirie</mark>\u00a0: "),
        ("chaussée", "«\u00a0<mark>chaussée</mark>\u00a0»"),
        ("aujourd'hui", "<mark>aujourd</mark>\u2019<mark>hui</mark> \u201challes\u201d"),
        ('"halles d\u2019été"', "<mark>halles</mark> d\u2019<mark>été</mark>"),
        ("vendredi", "lundi\u2013<mark>vendredi</mark>"),
    ],
)
def test_what_was_found_is_marked_and_its_signs_are_shown_as_they_are_written(words: str, shown: str) -> None:
    text = f"{TEXT} Les halles d\u2019été."
    an_edition(fr={**TEXTS["fr"], "subject": text[:200], "body": text}, nl=TEXTS["nl"])
    with translation.override("fr"):
        (hit,) = searching.hits(Mailing.objects.all(), words)
    assert shown in hit.subject + hit.extract
