"""Whether the French and the Dutch text of a mailing are the same message.

A machine cannot read them; it can count what both must have: texts, headings, links, dates, amounts, items, files.
"""

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext as _

from hubportal.markdown import has_words, outline
from mailings.parity import attachments, days, headings, links, lists, sums, texts
from mailings.parity.findings import Aspect, Finding, Language, Line, Report, Side
from mailings.parity.texts import LONGEST_SUBJECT

__all__ = ["LONGEST_SUBJECT", "Finding", "Line", "Report", "Side", "check"]

# Of each aspect: who mends ten sees the next ten; a screen with a thousand helps nobody.
_MOST_FINDINGS: Final = 10


def check(fr: Side, nl: Side) -> Report:
    """Compare both texts. While one of them has no body, only that is said: all the rest would follow from it."""
    sides: dict[Language, Side] = {"fr": fr, "nl": nl}
    found = {language: outline(side.body) for language, side in sides.items()}
    is_written = {language: any(map(has_words, made.blocks)) for language, made in found.items()}
    lines = [_line("texts", _("Both texts are there"), texts.findings(sides, is_written))]
    if all(is_written.values()):
        named = {language: days.days_of(side, found[language], language) for language, side in sides.items()}
        counted = {
            language: sums.sums_of(side, found[language], language) for language, side in sides.items()
        }
        lines += [
            _line("headings", headings.same(len(found["fr"].headings)), headings.findings(found)),
            _line("links", links.same(len(found["fr"].links)), links.findings(found)),
            _line("dates", days.same(named), days.findings(named)),
            _line("amounts", sums.same(counted), sums.findings(counted)),
            _line("lists", lists.same(sum(one.items for one in found["fr"].lists)), lists.findings(found)),
            _line("attachments", attachments.same(fr.attachments), attachments.findings(sides)),
        ]
    return Report(tuple(lines))


def _line(code: Aspect, label: str, findings: Iterable[Finding]) -> Line:
    """Return the aspect with its findings, those that block first, or with the label that says it holds."""
    kept = tuple(sorted(findings, key=lambda finding: not finding.is_blocking)[:_MOST_FINDINGS])
    return Line(code, kept[0].label if kept else label, kept)
