"""The letter: complete in text and in HTML, in one language or both, and nothing in it acts."""

import re
from html.parser import HTMLParser

import pytest
from django.utils import translation
from playwright.sync_api import Browser

from mailings.letter import Frame, Letter, Text, letter, placeholders
from tests import axe
from tests.mailings.editions import BASE, DUTCH, FRAME, FRENCH, TOKEN, VALUES, edition

KEYS = ["fr", "nl", "both"]
HOSTILE = (
    "{{ x }} {% load x %} {x.__class__} %(x)s <script>alert(1)</script> <img src=https://x.example/p.gif>"
)


class Tags(HTMLParser):
    """What a page is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the tag."""
        self.found.append((tag, dict(attrs)))

    def links(self) -> set[str]:
        """Return the addresses of the links."""
        return {attributes["href"] or "" for tag, attributes in self.found if tag == "a"}


def filled(found: Letter) -> tuple[str, str]:
    """Return the text and the HTML of one recipient."""
    return placeholders.fill(found.text, VALUES), placeholders.fill(found.html, VALUES, is_html=True)


def written(body: str, subject: str = "Sujet", preheader: str = "") -> Letter:
    """Return a letter in French of this body."""
    return letter([Text("fr", subject, preheader, body)], FRAME)


def test_a_letter_in_french_says_who_writes_to_whom_and_why() -> None:
    text, html = filled(edition("fr"))
    for words in (
        "Mailing de crise, édition 47, vendredi 20 novembre 2026",
        "Destiné à Nadia Claessens, échevine du Commerce, Ixelles.",
        FRENCH.subject,
        "en trois points, pour Ixelles.",
        "J’ai pris connaissance",
        "Votre contact\N{NO-BREAK SPACE}:",
        "02 000 00 18, spoc.ixelles@hub.example",
        "Texte approuvé par le cabinet le 19.11.2026.",
        "contact@hub.example",
    ):
        assert words in text.replace("\n", " ")
        assert words in html


def test_a_letter_in_dutch_is_dutch_throughout() -> None:
    text, html = filled(edition("nl"))
    for words in (
        "Crisismailing, editie 47, vrijdag 20 november 2026",
        "Ik heb kennisgenomen",
        "voor Elsene.",
    ):
        assert words in text.replace("\n", " ")
        assert words in html
    assert '<html lang="nl"' in html
    assert "Votre" not in html


def test_the_language_of_the_reader_does_not_depend_on_who_runs_it() -> None:
    before = edition("nl")
    with translation.override("en"):
        assert edition("nl") == before


def test_both_languages_in_one_mail_french_first() -> None:
    found = edition("both")
    assert found.languages == ("fr", "nl")
    assert found.subject == f"{FRENCH.subject} / {DUTCH.subject}"
    for content in (found.text, found.html):
        assert content.index("prolongée jusqu’au") < content.index("verlengd tot")
    assert '<td class="px" lang="fr"' in found.html
    assert '<td class="px line" lang="nl"' in found.html
    assert "De Nederlandse tekst volgt hieronder." in found.text


@pytest.mark.parametrize("texts", [[], [FRENCH, FRENCH]])
def test_a_language_twice_or_none_is_refused(texts: list[Text]) -> None:
    with pytest.raises(ValueError, match="each of its languages"):
        letter(texts, FRAME)


@pytest.mark.parametrize("key", KEYS)
def test_the_text_has_every_link_of_the_html(key: str) -> None:
    text, html = filled(edition(key))
    links = Tags(html).links()
    assert len(links) >= 7
    assert [link for link in links if link.removeprefix("mailto:") not in text] == []


@pytest.mark.parametrize("key", KEYS)
def test_the_links_lead_to_the_reader_s_own_pages(key: str) -> None:
    links = Tags(filled(edition(key))[1]).links()
    languages = ["fr", "nl"] if key == "both" else [key]
    for language in languages:
        assert f"{BASE}/{language}/mailings/stop/{TOKEN}/" in links
        assert f"{BASE}/{language}/privacy/" in links
    # The other language is one click away, in a letter of one language too.
    assert {f"{BASE}/{language}/mailings/read/{TOKEN}/" for language in ("fr", "nl")} <= links


@pytest.mark.parametrize("key", KEYS)
def test_every_placeholder_has_a_value_and_none_is_left(key: str) -> None:
    found = edition(key)
    for content in (found.text, found.html):
        assert {*placeholders.split(content)[1::2]} <= set(placeholders.VALUES)
    assert all("[[" not in content for content in filled(found))


@pytest.mark.parametrize("key", KEYS)
def test_nothing_is_loaded_from_anywhere(key: str) -> None:
    tags = Tags(edition(key).html).found
    assert {tag for tag, _ in tags} & {"img", "script", "link", "iframe", "object", "video", "form"} == set()
    assert not any({"src", "srcset", "background"} & set(attributes) for _, attributes in tags)
    assert "url(" not in edition(key).html
    assert "@import" not in edition(key).html


def test_template_syntax_and_scripts_come_out_as_typed() -> None:
    # Two underscores are a mark of Markdown, unless they are code.
    body = HOSTILE.replace("{x.__class__}", "`{x.__class__}`")
    text, html = filled(written(body, subject=HOSTILE, preheader=HOSTILE))
    assert text.replace("\n", " ").count(HOSTILE) == 2
    assert html.count("{x.__class__}") == 5
    assert html.count("%(x)s &lt;script&gt;alert(1)&lt;/script&gt;") == 5
    assert html.count("{{ x }} {% load x %}") == 5
    assert not {"script", "img"} & {tag for tag, _ in Tags(html).found}


@pytest.mark.parametrize(
    "typed",
    [
        "[[token]]",
        "\\[[token]]",
        "&#91;[token]]",
        "`[[token]]`",
        "&#xE000;token&#xE001;",
        '[a](b "[[token]]")',
    ],
)
def test_an_author_cannot_write_a_placeholder_of_the_letter(typed: str) -> None:
    with_it, without = written(typed), written("x")
    for one, other in ((with_it.text, without.text), (with_it.html, without.html)):
        assert placeholders.split(one)[1::2] == placeholders.split(other)[1::2]


def test_a_placeholder_is_no_link_of_markdown() -> None:
    found = written(
        "**[[spoc]]**, [[name]](https://x.example) ou [appelez [[spoc]]](https://y.example)\n\n[name]: /x"
    )
    assert "<strong>[[spoc]]</strong>" in found.html
    assert "[[name]](https://x.example)" in found.html
    assert "appelez [[spoc]]</a>" in found.html


def test_the_first_of_several_sections_stands_out() -> None:
    assert written("# Un\na\n# Deux\nb").html.count('class="ask"') == 1
    assert 'class="ask"' not in written("# Un\na").html
    assert 'class="ask"' not in written("sans titre").html


def test_headings_follow_the_title_without_a_gap() -> None:
    html = written("### Un\n\n##### Deux\n\n### Trois").html
    assert re.findall(r"<(h\d)", html) == ["h1", "h2", "h3", "h2"]


def test_the_preheader_is_hidden_and_may_be_missing() -> None:
    assert "mso-hide:all;" in written("x", preheader="Avant tout").html
    assert "mso-hide" not in written("x").html


def test_a_letter_that_is_not_approved_yet_says_nothing_of_approval() -> None:
    frame = FRAME._replace(approved_on=None)
    found = letter([FRENCH], frame)
    assert "approuvé" not in found.text + found.html


def test_lines_of_the_text_are_short_and_addresses_whole() -> None:
    address = "https://1819.brussels/" + "a" * 200
    text = written(f"{'mot ' * 300}\n\n- {'point ' * 40}\n\n[ici]({address})\r\nfin").text
    assert f"({address})" in text
    assert "\r" not in text
    assert [line for line in text.splitlines() if len(line) > 72 and "https://" not in line] == []
    assert "\n- point point" in text
    assert "\n  point" in text


def test_a_long_edition_in_both_languages_stays_under_100_kb() -> None:
    long = "\n\n".join(f"## Titre {n}\n" + "Une phrase sur les commerces. " * 25 for n in range(30))
    found = letter([Text("fr", "s", "p", long), Text("nl", "s", "p", long)], FRAME)
    assert len(long) > 20_000
    assert len(found.html.encode()) < 100_000


@pytest.mark.parametrize(
    "body", ["", "\n", "\x00\x0b\x1f", "# ", "- ", "|a|\n|-|", "```\nx", "[[", "]]", "\ue000"]
)
def test_odd_bodies_make_a_letter(body: str) -> None:
    assert all(filled(written(body)))


def test_a_frame_with_a_slash_at_the_end_of_its_address() -> None:
    frame = Frame(1, FRAME.sent_on, None, f"{BASE}/", "contact@hub.example")
    assert f"{BASE}//" not in letter([FRENCH], frame).html


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("key", KEYS)
def test_the_html_is_sound_on_a_phone_and_on_a_desk(key: str, scheme: str, chromium: Browser) -> None:
    asked: list[str] = []
    page = chromium.new_page(color_scheme="dark" if scheme == "dark" else "light")
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(filled(edition(key))[1])
    for width in (360, 600):
        page.set_viewport_size({"width": width, "height": 900})
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), width
        assert axe.violations(page) == []
    page.close()
    assert asked == []


@pytest.mark.browser
def test_a_long_word_does_not_widen_the_mail(chromium: Browser) -> None:
    word = "Handelaarsverenigingsvoorzitters" * 4
    table = f"| {word} | b |\n|---|---|\n| a | {word} |"
    body = f"{word}\n\n# {word}\n{word}\n\n# b\n- {word}\n\n{table}\n\n`{word}`\n\n    {word}"
    page = chromium.new_page(viewport={"width": 360, "height": 900})
    page.set_content(filled(written(body, subject=word))[1])
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.close()
