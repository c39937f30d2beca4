"""Placeholders: what an author may write, and nothing else is ever replaced."""

import pytest

from mailings.letter import placeholders

PRIVATE = "\ue000token\ue001"


def test_the_known_placeholders_have_a_word_for_people() -> None:
    assert set(placeholders.KNOWN) == {"name", "office", "commune", "spoc"}
    assert all(str(label) for label in placeholders.KNOWN.values())


def test_unknown_placeholders_are_named_in_order_and_once() -> None:
    text = "[[nom]] [[name]] [[Naam van u]] [[nom]] [[spoc]]\n[[token]]"
    assert placeholders.unknown(text) == ["nom", "Naam van u", "token"]


def test_a_name_with_blanks_or_capitals_is_unknown() -> None:
    assert placeholders.unknown("[[ name ]] [[Name]] [[name]]") == [" name ", "Name"]


@pytest.mark.parametrize("text", ["[name]", "[[]]", "[[a\nb]]", "[[" + "x" * 61 + "]]", "a[0][1]", "[[x]"])
def test_other_brackets_are_text(text: str) -> None:
    assert placeholders.unknown(text) == []
    assert not placeholders.in_subject(text)


@pytest.mark.parametrize("subject", ["Pour [[name]]", "[[ quoi ]]", "[[token]]"])
def test_a_subject_with_a_placeholder_is_found(subject: str) -> None:
    assert placeholders.in_subject(subject)


def test_values_are_filled_in_one_pass() -> None:
    values = {"name": "[[spoc]]", "spoc": "Margaux"}
    assert placeholders.fill("[[name]], [[spoc]]", values) == "[[spoc]], Margaux"


def test_values_are_escaped_in_html_only() -> None:
    values = {"name": "<b>\"Q\" & 'R'</b>"}
    assert placeholders.fill("[[name]]", values) == values["name"]
    escaped = "&lt;b&gt;&quot;Q&quot; &amp; &#x27;R&#x27;&lt;/b&gt;"
    assert placeholders.fill("[[name]]", values, is_html=True) == escaped


def test_line_breaks_of_a_value_become_blanks() -> None:
    assert placeholders.fill("[[name]]", {"name": "a\r\nb\nc\u2028d"}) == "a b c d"


def test_a_placeholder_without_a_value_is_refused() -> None:
    with pytest.raises(KeyError, match="spoc"):
        placeholders.fill("[[spoc]]", {"name": "x"})


def test_an_author_s_placeholder_takes_the_language_of_the_text() -> None:
    sealed = placeholders.seal("[[office]] [[commune]] [[name]] [[spoc]]", "nl")
    assert "[" not in sealed
    assert placeholders.unseal(sealed) == "[[office_nl]] [[commune_nl]] [[name]] [[spoc]]"


@pytest.mark.parametrize(
    "typed", ["[[token]]", "[[for_fr]]", "[[office_fr]]", "[[quoi]]", "[[[name]", PRIVATE]
)
def test_what_an_author_may_not_write_is_no_placeholder(typed: str) -> None:
    for text in (placeholders.unseal(placeholders.seal(typed, "fr")), placeholders.literal(typed)):
        assert placeholders.split(text) == [text]


def test_a_private_character_that_markdown_made_is_no_placeholder() -> None:
    assert placeholders.unseal(PRIVATE) == "token"
