"""Whether the lists of both texts are as long."""

from collections.abc import Iterator

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hubportal.markdown import Outline
from mailings.parity.findings import Finding, Language
from mailings.parity.saying import short, where


def same(count: int) -> str:
    """Return the label when nothing was found."""
    return _("Same items in lists (%(count)s)") % {"count": count} if count else _("No lists")


def findings(found: dict[Language, Outline]) -> Iterator[Finding]:
    """Yield, heading by heading, the lists of different lengths, for a look; nothing while a heading is missing."""
    if len(found["fr"].headings) != len(found["nl"].headings):
        return
    for heading in range(len(found["fr"].headings) + 1):
        fr, nl = (_lengths(found["fr"], heading), _lengths(found["nl"], heading))
        if len(fr) != len(nl):
            # A paragraph between two items makes two lists of one: what counts is how many there are.
            fr, nl = [sum(fr)], [sum(nl)]
        for one, other in zip(fr, nl, strict=True):
            if one != other:
                yield _finding(found, heading, one, other)


def _lengths(found: Outline, heading: int) -> list[int]:
    return [one.items for one in found.lists if one.heading == heading]


def _finding(found: dict[Language, Outline], heading: int, fr: int, nl: int) -> Finding:
    """Return what a person reads who sees both texts, so in their language."""
    language: Language = "fr" if fr < nl else "nl"
    shown: Language = "nl" if get_language() == "nl" else "fr"
    message = (
        _("Items in the list under “%(heading)s”: %(fr)s in French, %(nl)s in Dutch.")
        if heading
        else _("Items in the list before the first heading: %(fr)s in French, %(nl)s in Dutch.")
    )
    title = short(found[shown].headings[heading - 1].text) if heading else ""
    message %= {"heading": title, "fr": fr, "nl": nl}
    label = _("A list is shorter %(where)s") % where(language)
    return Finding("list", language, message, False, label)
