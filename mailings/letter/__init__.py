"""What a mailing looks like as a mail: one letter for each language, or both in one, with placeholders left in.

What people typed reaches the templates as values, never as their source. The text is first in the mail and complete
in itself; the HTML has tables, inline styles and no image, so nothing tells who reads.
"""

import re
import textwrap
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from hubportal.markdown import plain, sections
from mailings.letter import placeholders

ORDER = ("fr", "nl")
_WIDTH = 72
_FONT = "font-family:Arial,Helvetica,sans-serif;"
_INK = "color:#15173a;"
_TEXT = f"{_FONT}{_INK}font-size:16px;line-height:25px;"
_CELL = f"{_TEXT}padding:6px 12px 6px 0;border-bottom:1px solid #dad9e4;text-align:left;vertical-align:top;"
_MONO = f"font-family:Consolas,Menlo,monospace;{_INK}font-size:15px;"
LOOK = {
    "h2": {"style": f"{_FONT}{_INK}margin:0 0 10px;font-size:20px;line-height:26px;font-weight:bold;"},
    "h3": {"style": f"{_FONT}{_INK}margin:18px 0 8px;font-size:17px;line-height:24px;font-weight:bold;"},
    "h4": {"style": f"{_TEXT}margin:16px 0 6px;font-weight:bold;"},
    "h5": {"style": f"{_TEXT}margin:16px 0 6px;font-weight:bold;"},
    "h6": {"style": f"{_TEXT}margin:16px 0 6px;font-weight:bold;"},
    "p": {"style": f"{_TEXT}margin:0 0 14px;"},
    "ul": {"style": f"{_TEXT}margin:0 0 14px;padding:0 0 0 18px;list-style-type:square;"},
    "ol": {"style": f"{_TEXT}margin:0 0 14px;padding:0 0 0 24px;"},
    "li": {"style": "margin:0 0 8px;"},
    "a": {"style": "color:#2c2f92;text-decoration:underline;"},
    "blockquote": {"style": "margin:0 0 14px;padding:0 0 0 16px;border-left:4px solid #ffc81f;"},
    "hr": {"style": "margin:20px 0;border:0;border-top:1px solid #dad9e4;"},
    "table": {"style": "width:100%;margin:0 0 14px;border-collapse:collapse;table-layout:fixed;"},
    "th": {"style": _CELL + "font-weight:bold;"},
    "td": {"style": _CELL},
    "pre": {"style": f"{_MONO}margin:0 0 14px;white-space:pre-wrap;"},
    "code": {"style": _MONO},
}
"""Styles of the tags that Markdown makes: many mail programs know no other place for them."""


class File(NamedTuple):
    """An attachment as a letter or a page lists it: name, kind ("PDF"), size in bytes; it is opened by its key."""

    key: int
    name: str
    kind: str
    size: int


class Text(NamedTuple):
    """One language of a mailing as its author wrote it; `body` is Markdown."""

    language: str
    subject: str
    preheader: str
    body: str
    files: tuple[File, ...] = ()


class Frame(NamedTuple):
    """What surrounds the text, the same for everybody; `approved_on` is the day the cabinet approved."""

    number: int
    sent_on: date
    approved_on: date | None
    base_url: str
    contact_email: str


class Letter(NamedTuple):
    """A mail ready for its recipients: what differs between them is still a placeholder."""

    languages: tuple[str, ...]
    subject: str
    text: str
    html: str


class Pieces(NamedTuple):
    """A text cut where its readers see it cut, on a page as in the mail; each piece is HTML."""

    intro: SafeString
    """What precedes the first heading; may be empty."""
    ask: SafeString
    """The section that stands out; empty in a text of less than two sections."""
    rest: list[SafeString]
    """The other sections, each with its heading."""


class _Part(NamedTuple):
    """One language, ready for the templates."""

    language: str
    other: str
    title: str
    headline: str
    pieces: Pieces
    text: str
    files: list[File]


def letter(texts: Sequence[Text], frame: Frame) -> Letter:
    """Return the letter in one language, or in both: French first. ValueError for a language twice, or none."""
    ordered = sorted(texts, key=lambda text: ORDER.index(text.language))
    languages = tuple(text.language for text in ordered)
    if not languages or len(set(languages)) < len(languages):
        raise ValueError("a letter is written once in each of its languages")
    parts = [_part(text) for text in ordered]
    context = {
        "parts": parts,
        "is_bilingual": len(parts) > 1,
        "first": parts[0].language,
        "title": " / ".join(part.title for part in parts),
        "preheader": " / ".join(placeholders.literal(text.preheader) for text in ordered if text.preheader),
        "base_url": frame.base_url.rstrip("/"),
        "frame": frame,
        "cells": range(19),
    }
    with translation.override(languages[0]):
        text = render_to_string("mailings/email/edition.txt", context)
        html = render_to_string("mailings/email/edition.html", context)
    return Letter(languages, " / ".join(text.subject for text in ordered), _tidy(text), html)


def pieces(text: Text, attributes: Mapping[str, Mapping[str, str]] | None = None) -> Pieces:
    """Return the body as HTML, its placeholders left in; `attributes` are set on every tag of that name."""
    intro, *rest = (
        # Only brackets and private characters change: what the sanitizer made safe stays so.
        mark_safe(placeholders.unseal(section))  # noqa: S308
        for section in sections(_sealed(text), attributes)
    )
    # What is alone cannot stand out.
    return Pieces(intro, rest[0], rest[1:]) if len(rest) > 1 else Pieces(intro, SafeString(), rest)


def _part(text: Text) -> _Part:
    title = placeholders.literal(text.subject)
    return _Part(
        language=text.language,
        other=ORDER[1 - ORDER.index(text.language)],
        title=title,
        headline=_underlined(title, "="),
        pieces=pieces(text, LOOK),
        text=placeholders.unseal(plain(_sealed(text), _underlined)),
        files=[file._replace(name=placeholders.literal(file.name)) for file in text.files],
    )


def _sealed(text: Text) -> str:
    return placeholders.seal(_unix(text.body), text.language)


def _underlined(words: str, line: str = "-") -> str:
    longest = max((len(row) for row in words.split("\n")), default=0)
    return f"\n{words}\n{line * min(longest, _WIDTH)}"


def _tidy(text: str) -> str:
    """Return the text part with lines of at most 72 characters where blanks allow, and no great gaps."""
    lines = [_wrapped(line.rstrip()) for line in _unix(text).strip().split("\n")]
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(lines)) + "\n"


def _wrapped(line: str) -> str:
    if len(line) <= _WIDTH:
        return line
    start = re.match(r" *(?:- |\d+\. )?", line)
    indent = " " * len(start.group()) if start else ""
    # Addresses and placeholders are never broken.
    return textwrap.fill(
        line, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _unix(text: str) -> str:
    return re.sub(r"\r\n?", "\n", text)
