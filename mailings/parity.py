"""Whether the French and the Dutch text of a mailing are the same message.

A machine cannot read them; it can count what both must have: texts, headings, links, dates.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple
from urllib.parse import unquote

from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from hubportal.markdown import Outline, outline
from mailings import addresses, dates
from mailings.findings import LANGUAGES, OTHER, Aspect, Field, Finding, Language, Line, Report, Side

__all__ = ["LONGEST_SUBJECT", "Finding", "Line", "Report", "Side", "check"]

LONGEST_SUBJECT: Final = 200
"""Characters."""

# Of each aspect: who mends ten sees the next ten; a screen with a thousand helps nobody.
_MOST_FINDINGS: Final = 10


class _Days(NamedTuple):
    """The dates of one side, and the field that names each first."""

    sure: dict[dates.Date, Field]
    unsure: dict[dates.Date, tuple[Field, str]]

    def years(self) -> dict[tuple[int, int], set[int | None]]:
        """Return the years by month and day."""
        found: dict[tuple[int, int], set[int | None]] = {}
        for date in [*self.sure, *self.unsure]:
            found.setdefault((date.month, date.day), set()).add(date.year)
        return found


def check(fr: Side, nl: Side) -> Report:
    """Compare both texts. While one of them has no body, only that is said: all the rest would follow from it."""
    sides: dict[Language, Side] = {"fr": fr, "nl": nl}
    found = {language: outline(side.body) for language, side in sides.items()}
    is_written = {language: any(map(_has_words, made.blocks)) for language, made in found.items()}
    lines = [_line("texts", _("Both texts are there"), _texts(sides, is_written))]
    if all(is_written.values()):
        days = {language: _days(side, found[language], language) for language, side in sides.items()}
        lines += [
            _line("headings", _same_headings(len(found["fr"].headings)), _headings(found)),
            _line("links", _same_links(len(found["fr"].links)), _links(found)),
            _line("dates", _same_dates(days), _dates(days)),
        ]
    return Report(tuple(lines))


def _line(code: Aspect, label: str, findings: Iterable[Finding]) -> Line:
    """Return the aspect with its findings, those that block first, or with the label that says it holds."""
    kept = tuple(sorted(findings, key=lambda finding: not finding.is_blocking)[:_MOST_FINDINGS])
    return Line(code, kept[0].label if kept else label, kept)


def _where(language: Language) -> dict[str, str]:
    return {"where": _("in French") if language == "fr" else _("in Dutch")}


def _beside(language: Language, message: str, **values: object) -> str:
    """Return a message of the catalogue in the language of a side, whatever the reader's is."""
    with translation.override(language):
        return _(message) % values


def _has_words(text: str) -> bool:
    """Say whether anything can be seen: blanks, control characters and characters without width cannot."""
    return any(char.isprintable() and not char.isspace() for char in text)


def _short(text: str) -> str:
    return Truncator(" ".join(text.split())).chars(100)


def _texts(sides: dict[Language, Side], is_written: dict[Language, bool]) -> Iterator[Finding]:
    for language in LANGUAGES:
        subject, preheader, _body = sides[language]
        if not _has_words(subject):
            label, message = (
                _("The subject is missing %(where)s"),
                _beside(language, gettext_noop("Write the subject.")),
            )
            yield Finding("empty", language, message, True, label % _where(language), "subject")
        yield from _subject(subject, language)
        if not _has_words(preheader) and _has_words(sides[OTHER[language]].preheader):
            label = _("The preheader is missing %(where)s")
            message = _beside(language, gettext_noop("Write the preheader here too, or leave both empty."))
            yield Finding("preheader", language, message, True, label % _where(language), "preheader")
        if not is_written[language]:
            label, message = (
                _("The text is missing %(where)s"),
                _beside(language, gettext_noop("Write the text.")),
            )
            yield Finding("empty", language, message, True, label % _where(language))


def _subject(subject: str, language: Language) -> Iterator[Finding]:
    if any(ord(char) < 32 or 127 <= ord(char) < 160 or char in "\u2028\u2029" for char in subject):
        label, message = (
            _("The subject is not one line %(where)s"),
            gettext_noop("Write the subject on one line."),
        )
        yield Finding(
            "subject-lines", language, _beside(language, message), True, label % _where(language), "subject"
        )
    if len(subject) > LONGEST_SUBJECT:
        label = _("The subject is too long %(where)s")
        message = gettext_noop("Shorten the subject to %(most)s characters: it has %(count)s.")
        message = _beside(language, message, most=LONGEST_SUBJECT, count=len(subject))
        yield Finding("subject-long", language, message, True, label % _where(language), "subject")


def _same_headings(count: int) -> str:
    same = ngettext("%(count)s heading in both languages", "%(count)s headings in both languages", count)
    return same % {"count": count} if count else _("No headings")


def _headings(found: dict[Language, Outline]) -> Iterator[Finding]:
    fr, nl = found["fr"].headings, found["nl"].headings
    if len(fr) != len(nl):
        language: Language = "fr" if len(fr) < len(nl) else "nl"
        here, there = min(len(fr), len(nl)), max(len(fr), len(nl))
        message = gettext_noop("Headings: %(here)s here, %(there)s in the other language.")
        message = _beside(language, message, here=here, there=there)
        yield Finding(
            "headings", language, message, True, _("A heading is missing %(where)s") % _where(language)
        )
        return
    for number, (one, other) in enumerate(zip(fr, nl, strict=True), 1):
        if one.level != other.level:
            message = _(
                "Heading %(number)s: “%(fr)s” is of level %(fr_level)s, “%(nl)s” of level %(nl_level)s."
            ) % {
                "number": number,
                "fr": _short(one.text),
                "nl": _short(other.text),
                "fr_level": one.level,
                "nl_level": other.level,
            }
            yield Finding("heading-level", "", message, True, _("Headings of different levels"))


def _same_links(count: int) -> str:
    return _("Same links (%(count)s)") % {"count": count} if count else _("No links")


def _links(found: dict[Language, Outline]) -> Iterator[Finding]:
    for language in LANGUAGES:
        yield from _links_to_nowhere(found[language], language)
    only = _only_on_one_side(found["fr"].links, found["nl"].links)
    counts = {language: len(found[language].links) for language in LANGUAGES}
    if counts["fr"] != counts["nl"]:
        language = min(LANGUAGES, key=lambda side: counts[side])
        message = gettext_noop(
            "Links: %(here)s here, %(there)s in the other language. Perhaps missing: %(links)s."
        )
        links = ", ".join(map(_short, only[OTHER[language]][:3]))
        message = _beside(
            language, message, here=counts[language], there=counts[OTHER[language]], links=links
        )
        yield Finding("links", language, message, True, _("A link is missing %(where)s") % _where(language))
        return
    for fr, nl in zip(only["fr"], only["nl"], strict=True):
        message = _("%(fr)s in French, %(nl)s in Dutch: check that both lead to the same.")
        message %= {"fr": _short(fr), "nl": _short(nl)}
        yield Finding("link-differs", "", message, False, _("Links that differ by language"))


def _links_to_nowhere(found: Outline, language: Language) -> Iterator[Finding]:
    lost = [address for address in found.links if not addresses.is_usable(address)]
    lost += [address for block in found.blocks for address in addresses.not_links(block)]
    for address in dict.fromkeys(lost):
        message = gettext_noop(
            "The link “%(address)s” leads nowhere: write the whole address, with https://."
        )
        message = _beside(language, message, address=_short(unquote(address)))
        yield Finding("link", language, message, True, _("A link leads nowhere %(where)s") % _where(language))


def _only_on_one_side(fr: list[str], nl: list[str]) -> dict[Language, list[str]]:
    """Return the addresses of each side that the other lacks, the language taken out of both."""
    return {"fr": _lacking(fr, nl), "nl": _lacking(nl, fr)}


def _lacking(here: list[str], there: list[str]) -> list[str]:
    left = Counter(map(addresses.without_language, there))
    lacking = []
    for address in here:
        key = addresses.without_language(address)
        if left[key]:
            left[key] -= 1
        else:
            lacking.append(address)
    return lacking


def _days(side: Side, found: Outline, language: Language) -> _Days:
    days = _Days({}, {})
    texts: list[tuple[Field, str]] = [("body", block) for block in found.blocks]
    for field, text in [*texts, ("preheader", side.preheader), ("subject", side.subject)]:
        named = dates.named(text, language)
        for date in named.sure:
            days.sure.setdefault(date, field)
        for date, words in named.unsure.items():
            days.unsure.setdefault(date, (field, words))
    return days


def _same_dates(days: dict[Language, _Days]) -> str:
    count = max(len({(date.month, date.day) for date in found.sure}) for found in days.values())
    return _("Same dates (%(count)s)") % {"count": count} if count else _("No dates")


def _dates(days: dict[Language, _Days]) -> Iterator[Finding]:
    for language in LANGUAGES:
        there, years = days[OTHER[language]], days[language].years()
        missing = [date for date in there.sure if _lacks(years, date)]
        with_year = {(date.month, date.day) for date in missing if date.year}
        for date in missing:
            # "31 mars 2027 … le 31 mars" is one date, said twice.
            if date.year or (date.month, date.day) not in with_year:
                message = gettext_noop("The date %(date)s is missing here.")
                message = _beside(language, message, date=dates.written(date, language))
                label = _("A date is missing %(where)s") % _where(language)
                yield Finding("date", language, message, True, label, there.sure[date])
        for date, (field, words) in there.unsure.items():
            if date not in there.sure and _lacks(years, date):
                message = gettext_noop(
                    "The other language has “%(words)s”: is the date %(date)s missing here?"
                )
                message = _beside(language, message, words=words, date=dates.written(date, language))
                label = _("Perhaps a date is missing %(where)s") % _where(language)
                yield Finding("date-unsure", language, message, False, label, field)


def _lacks(years: dict[tuple[int, int], set[int | None]], date: dates.Date) -> bool:
    """Say whether a side does not name the date; a year that one side leaves out is no difference."""
    found = years.get((date.month, date.day), set())
    return not found or (date.year is not None and not found & {date.year, None})
