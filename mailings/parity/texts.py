"""Whether both texts are there, each under a subject of one line."""

from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hubportal.markdown import has_words
from mailings.parity.findings import LANGUAGES, OTHER, Finding, Language, Side
from mailings.parity.saying import beside, where

LONGEST_SUBJECT: Final = 200
"""Characters."""


def findings(sides: dict[Language, Side], is_written: dict[Language, bool]) -> Iterator[Finding]:
    """Yield what is not written, and what is wrong with a subject."""
    for language in LANGUAGES:
        subject, preheader = sides[language].subject, sides[language].preheader
        if not has_words(subject):
            label, message = (
                _("The subject is missing %(where)s"),
                beside(language, gettext_noop("Write the subject.")),
            )
            yield Finding("empty", language, message, True, label % where(language), "subject")
        yield from _subject(subject, language)
        if not has_words(preheader) and has_words(sides[OTHER[language]].preheader):
            label = _("The preheader is missing %(where)s")
            message = beside(language, gettext_noop("Write the preheader here too, or leave both empty."))
            yield Finding("preheader", language, message, True, label % where(language), "preheader")
        if not is_written[language]:
            label, message = (
                _("The text is missing %(where)s"),
                beside(language, gettext_noop("Write the text.")),
            )
            yield Finding("empty", language, message, True, label % where(language))


def _subject(subject: str, language: Language) -> Iterator[Finding]:
    if any(ord(char) < 32 or 127 <= ord(char) < 160 or char in "\u2028\u2029" for char in subject):
        label, message = (
            _("The subject is not one line %(where)s"),
            gettext_noop("Write the subject on one line."),
        )
        yield Finding(
            "subject-lines", language, beside(language, message), True, label % where(language), "subject"
        )
    if len(subject) > LONGEST_SUBJECT:
        label = _("The subject is too long %(where)s")
        message = gettext_noop("Shorten the subject to %(most)s characters: it has %(count)s.")
        message = beside(language, message, most=LONGEST_SUBJECT, count=len(subject))
        yield Finding("subject-long", language, message, True, label % where(language), "subject")
