"""Markdown that people wrote, as safe HTML or as plain text: the one sanitizer of the portal.

No template engine ever sees the text: what is returned goes into a page as a value. CommonMark with tables;
HTML in the text is shown as it was typed; nothing becomes a link that was not written as one.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

_TAGS = {
    "a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}


class Heading(NamedTuple):
    """A heading as its author wrote it: the level is the number of marks, 1 to 6."""

    level: int
    text: str


class Items(NamedTuple):
    """A list: how many items it has itself, without those of lists inside, and how many headings precede it."""

    heading: int
    items: int


class Outline(NamedTuple):
    """What a text is made of, in the order of the text."""

    headings: list[Heading]
    links: list[str]
    """The addresses, percent-encoded; what does not become a link (``javascript:``) is not among them."""
    blocks: list[str]
    """The words of each paragraph, heading, item, cell and code block: no marks, no addresses of links."""
    lists: list[Items]
    """In the order of their first items."""


def render(text: str) -> SafeString:
    """Return the text as HTML with the tags and attributes of a short list; h1 becomes h2, and so on.

    Links lead to http, https and mailto only; a picture is replaced by its description.
    """
    tokens = _PARSER.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"
    return _clean(tokens)


def sections(text: str, attributes: Mapping[str, Mapping[str, str]] | None = None) -> list[SafeString]:
    """Return the text as HTML, cut before each of its main headings: first what precedes them (may be empty).

    The main headings become h2, those below them h3 and so on, whatever levels the author used. `attributes` are
    set on every tag of that name, for mail, which has no style sheet: {"p": {"style": "margin:0"}}.
    """
    tokens = _PARSER.parse(text)
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    main = min((head.tag for head in headings if head.level == 0), default="h1")
    tags = sorted({max(head.tag, main) for head in headings})
    for token in headings:
        # A heading in a list or a quotation is never above those of the text.
        token.tag = f"h{min(tags.index(max(token.tag, main)) + 2, 6)}"
    cuts = [
        index
        for index, token in enumerate(tokens)
        if token.type == "heading_open" and token.tag == "h2" and token.level == 0
    ]
    return [_clean(tokens[start:end], attributes) for start, end in pairwise([0, *cuts, len(tokens)])]


def _clean(tokens: Sequence[Token], attributes: Mapping[str, Mapping[str, str]] | None = None) -> SafeString:
    return mark_safe(  # noqa: S308 - this is the sanitizer
        nh3.clean(
            _PARSER.renderer.render(tokens, _PARSER.options, {}),
            tags=_TAGS,
            clean_content_tags={"script", "style"},
            attributes=_ATTRIBUTES,
            set_tag_attribute_values={tag: dict(values) for tag, values in (attributes or {}).items()},
            url_schemes=_SCHEMES,
            url_relative="deny",
            link_rel="noopener noreferrer",
        )
    )


def plain(text: str, heading: Callable[[str], str] = str) -> str:
    """Return the text without its marks, for the text part of a mail: links as "words (address)".

    `heading` makes of a heading's words what shows that it is one.
    """
    return "\n\n".join(block for block in _blocks(_PARSER.parse(text), heading) if block)


def has_words(text: str) -> bool:
    """Say whether anything can be seen: blanks, control characters and characters without width cannot."""
    return any(char.isprintable() and not char.isspace() for char in text)


def outline(text: str) -> Outline:
    """Return the headings, the addresses and the words of the text, for those who compare or count them."""
    tokens = _PARSER.parse(text)
    found = Outline([], [], [], _lists(tokens))
    level = 0
    for token in tokens:
        if token.type == "heading_open":
            level = int(token.tag[1])
        elif token.type == "inline":
            words = _outline_words(token.children or [], found.links)
            found.blocks.append(words)
            if level:
                found.headings.append(Heading(level, words))
            level = 0
        elif token.type in {"fence", "code_block"}:
            found.blocks.append(token.content)
    return found


def _lists(tokens: Sequence[Token]) -> list[Items]:
    lists: list[Items] = []
    open_ones: list[int] = []
    headings = 0
    for token in tokens:
        if token.type == "heading_open":
            headings += 1
        elif token.type in {"bullet_list_open", "ordered_list_open"}:
            open_ones.append(len(lists))
            lists.append(Items(headings, 0))
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            open_ones.pop()
        elif token.type == "list_item_open":
            heading, items = lists[open_ones[-1]]
            lists[open_ones[-1]] = Items(heading, items + 1)
    return lists


def _outline_words(tokens: Sequence[Token], links: list[str]) -> str:
    """Return the words of one block; add the addresses it leads to."""
    words = []
    for token in tokens:
        if token.type in {"text", "code_inline", "image"}:
            words.append(token.content)
        elif token.type in {"softbreak", "hardbreak"}:
            words.append("\n")
        elif token.type == "link_open":
            links.append(str(token.attrGet("href") or ""))
    return "".join(words)


def _blocks(tokens: Sequence[Token], heading: Callable[[str], str]) -> list[str]:
    """Return the paragraphs, rows of tables and items of lists, in their order."""
    blocks: list[str] = []
    mark, in_row, is_heading = "", False, False
    counters: list[int | None] = []
    for token in tokens:
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            is_ordered = token.type == "ordered_list_open"
            counters.append(int(token.attrGet("start") or 1) if is_ordered else None)
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            counters.pop()
        elif token.type == "list_item_open":
            mark = _mark(counters)
        elif token.type == "tr_open":
            in_row = True
            blocks.append("")
        elif token.type == "tr_close":
            in_row = False
        elif token.type == "inline" and in_row:
            blocks[-1] += (" | " if blocks[-1] else "") + _words(token.children or [])
        elif token.type == "heading_open":
            is_heading = True
        elif token.type == "inline":
            words = _words(token.children or [])
            blocks.append(mark + (heading(words) if is_heading else words))
            mark, is_heading = "", False
        elif token.type in {"fence", "code_block"}:
            blocks.append(mark + token.content.rstrip())
            mark = ""
    return blocks


def _mark(counters: list[int | None]) -> str:
    """Return what stands before an item of the innermost list, and count it."""
    indent = "  " * (len(counters) - 1)
    number = counters[-1]
    if number is None:
        return f"{indent}- "
    counters[-1] = number + 1
    return f"{indent}{number}. "


def _words(tokens: Sequence[Token]) -> str:
    words = ""
    targets: list[tuple[str, int]] = []
    for token in tokens:
        if token.type in {"text", "code_inline", "image"}:
            words += token.content
        elif token.type in {"softbreak", "hardbreak"}:
            words += "\n"
        elif token.type == "link_open":
            targets.append((str(token.attrGet("href") or ""), len(words)))
        elif token.type == "link_close":
            address, start = targets.pop()
            if words[start:] not in {address, address.removeprefix("mailto:")}:
                words += f" ({address.removeprefix('mailto:')})"
    return words


def _description(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """Draw a picture as its description: pictures from elsewhere would tell who reads, and when."""
    return escape(tokens[index].content)


# "breaks": people end a line where they want it to end; a message of three lines is three lines.
_PARSER = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True}).enable("table")
_PARSER.add_render_rule("image", _description)
