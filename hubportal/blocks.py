"""Sections that an app offers for the weekly edition: it says them in its module `blocks.py`, in French and Dutch.

    def offers(since: date, until: date, leaves: date) -> list[Block]: ...

`leaves` is the day when the edition is planned to leave: who stands in only until before that is no news.

An edition is read in all 19 communes and by the cabinet: a section holds nothing that one of them may not see. It
leaves itself out when it has nothing to say.
"""

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from hubportal.markdown import render

_MARKS: Final = re.compile(r"[\\`*_\[\]#<>|~!&]")


class Section(NamedTuple):
    """A heading, and what stands under it in Markdown."""

    title: str
    text: str

    @property
    def html(self) -> SafeString:
        """The text as a page shows it."""
        return render(self.text)


class Block(NamedTuple):
    """A section in both languages; `code` is one word, the same whenever it is offered."""

    code: str
    fr: Section
    nl: Section

    @property
    def language(self) -> str:
        """The language in which a page shows it: its own, as far as the section has it."""
        return "nl" if get_language() == "nl" else "fr"

    @property
    def shown(self) -> Section:
        """The section in that language."""
        return self.nl if self.language == "nl" else self.fr


def in_both(code: str, write: Callable[[], Section]) -> Block:
    """Return the block of what `write` says once in each language, through the catalogues."""
    sides = {}
    for language in ("fr", "nl"):
        with translation.override(language):
            sides[language] = write()
    return Block(code, **sides)


def literal(words: str) -> str:
    """Return what a register holds (a name, a portfolio) so that Markdown shows it as it is, on one line."""
    return _MARKS.sub(r"\\\g<0>", " ".join(words.split()))
