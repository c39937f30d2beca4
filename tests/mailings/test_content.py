"""The hash that an approval is given for."""

import re
import unicodedata

import pytest

from mailings.content import content_hash, short

TEXTS = {
    "fr": {"subject": "Primes énergie", "preheader": "", "body": "# Été\n\nUne ligne.\n"},
    "nl": {"subject": "Energiepremies", "preheader": "", "body": "# Zomer\n\nEen regel.\n"},
}
AUDIENCE = {"offices": ["bourgmestre", "echevin"], "portfolio": "commerce", "communes": None}


def test_the_hash_is_sha_256_in_hexadecimal_and_always_the_same() -> None:
    found = content_hash(TEXTS, AUDIENCE)
    assert re.fullmatch(r"[0-9a-f]{64}", found)
    # Written down: approvals are kept for years, so the way to hash may not drift.
    assert found == "d8fcac578541c358ca9d29eb0337103d23d9796aa3cfd3b573846f122b944f3c"


def test_the_short_form_has_two_groups_of_four() -> None:
    assert short("b81e04aa" + "0" * 56) == "b81e 04aa"


def test_the_order_of_keys_does_not_count() -> None:
    turned = {language: dict(reversed(fields.items())) for language, fields in reversed(TEXTS.items())}
    assert content_hash(turned, dict(reversed(AUDIENCE.items()))) == content_hash(TEXTS, AUDIENCE)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_do_not_count(end: str) -> None:
    assert content_hash(_with_body(TEXTS["fr"]["body"].replace("\n", end)), AUDIENCE) == content_hash(
        TEXTS, AUDIENCE
    )


def test_how_an_accent_is_composed_does_not_count() -> None:
    decomposed = unicodedata.normalize("NFD", TEXTS["fr"]["body"])
    assert decomposed != TEXTS["fr"]["body"]
    assert content_hash(_with_body(decomposed), AUDIENCE) == content_hash(TEXTS, AUDIENCE)


@pytest.mark.parametrize(
    "body", ["# Été\n\nUne ligne\n", "# été\n\nUne ligne.\n", "# Été\n\nUne  ligne.\n", ""]
)
def test_one_other_character_is_another_hash(body: str) -> None:
    assert content_hash(_with_body(body), AUDIENCE) != content_hash(TEXTS, AUDIENCE)


def test_another_audience_is_another_hash() -> None:
    assert content_hash(TEXTS, {**AUDIENCE, "communes": ["ixelles"]}) != content_hash(TEXTS, AUDIENCE)


def test_texts_that_change_places_are_another_hash() -> None:
    swapped = {"fr": TEXTS["nl"], "nl": TEXTS["fr"]}
    assert content_hash(swapped, AUDIENCE) != content_hash(TEXTS, AUDIENCE)


def test_what_moves_from_one_field_to_the_next_is_another_hash() -> None:
    one = {"fr": {"subject": "ab", "body": "c"}}
    other = {"fr": {"subject": "a", "body": "bc"}}
    assert content_hash(one, {}) != content_hash(other, {})


def test_half_a_character_is_hashed_too() -> None:
    assert content_hash(_with_body("\ud83d"), AUDIENCE) != content_hash(_with_body(""), AUDIENCE)


def test_what_json_cannot_hold_is_refused() -> None:
    with pytest.raises(TypeError):
        content_hash(TEXTS, {"offices": {"bourgmestre"}})


def test_keys_that_are_no_text_are_refused() -> None:
    with pytest.raises(TypeError):
        content_hash(TEXTS, {"communes": {1: "a"}})


def _with_body(body: str) -> dict[str, dict[str, str]]:
    return {**TEXTS, "fr": {**TEXTS["fr"], "body": body}}
