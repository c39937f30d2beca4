"""Markdown: what people wrote, and nothing that acts."""

import pytest
from django.utils.safestring import SafeString

from hubportal.markdown import Heading, Items, outline, plain, render, sections


def test_the_usual_marks() -> None:
    html = render("# Title\n\nA **bold** word, a [link](https://example.brussels).\n\n1. one\n2. two")
    assert isinstance(html, SafeString)
    assert "<h2>Title</h2>" in html
    assert "<strong>bold</strong>" in html
    assert '<a href="https://example.brussels" rel="noopener noreferrer">link</a>' in html
    assert "<ol>\n<li>one</li>\n<li>two</li>\n</ol>" in html


def test_a_table() -> None:
    assert "<td>1</td>" in render("| a |\n|---|\n| 1 |")


def test_headings_stay_below_the_page_title() -> None:
    html = render("\n\n".join(f"{'#' * level} t" for level in range(1, 7)))
    assert "<h1" not in html
    assert html.count("<h6>") == 2


def test_a_line_ends_where_it_was_ended() -> None:
    assert render("one\ntwo") == "<p>one<br>\ntwo</p>\n"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](JaVaScRiPt:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "![x](https://example.brussels/pixel.png)",
        "<style>p{display:none}</style>",
        "<a href='x' style='color:red' onclick='f()'>x</a>",
        "<svg/onload=alert(1)>",
    ],
)
def test_nothing_acts(text: str) -> None:
    html = render(text)
    for forbidden in ("<script", "<img", "<style", "<svg", 'href="j', 'href="J', 'href="data', "<a href='x'"):
        assert forbidden not in html


def test_html_is_shown_as_it_was_typed() -> None:
    assert render("<b>x</b>") == "<p>&lt;b&gt;x&lt;/b&gt;</p>\n"


def test_template_syntax_is_text() -> None:
    assert "{{ user.email }} {% load x %}" in render("{{ user.email }} {% load x %}")


def test_a_link_leads_outside_or_nowhere() -> None:
    assert "href" not in render("[x](/fr/communes/)")
    assert 'href="mailto:spoc@example.brussels"' in render("[x](mailto:spoc@example.brussels)")


def test_an_address_alone_is_no_link() -> None:
    assert "<a" not in render("https://example.brussels")


def test_a_picture_is_its_description() -> None:
    assert render('![the "square"](https://example.brussels/p.png)') == '<p>the "square"</p>\n'


def test_a_thousand_brackets_end() -> None:
    assert render("[" * 20_000)
    assert render(">" * 5_000 + "x")


def test_plain_text_reads_by_itself() -> None:
    text = (
        "# Title\n\nA **bold** [link](https://example.brussels), "
        "<https://example.brussels/a>.\nNext line.\n\n"
        "- one\n- two\n  1. inner\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n    code\n"
    )
    assert plain(text) == (
        "Title\n\n"
        "A bold link (https://example.brussels), https://example.brussels/a.\nNext line.\n\n"
        "- one\n\n- two\n\n  1. inner\n\n"
        "a | b\n\n1 | 2\n\n"
        "code"
    )


def test_plain_text_keeps_what_looks_like_html() -> None:
    assert plain("1 < 2 & <b>x</b>") == "1 < 2 & <b>x</b>"


def test_sections_begin_at_the_main_headings_only() -> None:
    text = "intro\n\n### One\na\n#### Below\nb\n- # in a list\n\n### Two\n[x]\n\n[x]: https://e.brussels"
    intro, one, two = sections(text)
    assert intro == "<p>intro</p>\n"
    assert one.startswith("<h2>One</h2>")
    assert "<h3>Below</h3>" in one
    assert "<h2>in a list</h2>" in one
    assert '<a href="https://e.brussels"' in two


def test_a_text_without_headings_is_one_section() -> None:
    assert sections("") == [""]
    assert sections("a") == ["<p>a</p>\n"]


def test_sections_carry_the_styles_of_mail_and_no_others() -> None:
    (found,) = sections('<p style="x">[a](https://e.brussels)', {"p": {"style": "margin:0"}})
    assert found.startswith('<p style="margin:0">&lt;p style="x"&gt;<a href=')


def test_headings_of_the_plain_text_may_be_marked() -> None:
    assert plain("# One *two*\n\nthree", str.upper) == "ONE TWO\n\nthree"


def test_the_outline_has_headings_links_and_words_in_their_order() -> None:
    found = outline(
        "# One [**two**](https://a.example/x)\n\ntext `code`\nnext <https://b.example>\n\n"
        "Three\n---\n\n- [four](mailto:a@b.example)\n  - five\n\n| six |\n|---|\n| 7 |\n\n```\neight\n```"
    )
    assert found.headings == [Heading(1, "One two"), Heading(2, "Three")]
    assert found.links == ["https://a.example/x", "https://b.example", "mailto:a@b.example"]
    assert [block.strip() for block in found.blocks] == [
        "One two", "text code\nnext https://b.example", "Three", "four", "five", "six", "7", "eight",
    ]  # fmt: skip


def test_the_outline_has_an_empty_heading_and_no_link_that_the_page_has_not() -> None:
    assert outline("##\n\n[x](javascript:alert(1)) https://bare.example") == (
        [Heading(2, "")], [], ["", "[x](javascript:alert(1)) https://bare.example"], [],
    )  # fmt: skip
    assert outline("") == ([], [], [], [])


def test_the_outline_counts_the_items_of_each_list_under_its_heading() -> None:
    found = outline("- one\n- two\n  1. three\n\n# Four\n\n1. five\n2. six\n\nseven\n\n- eight")
    assert found.lists == [Items(0, 2), Items(0, 1), Items(1, 2), Items(1, 1)]
