"""Whether both texts have the same headings."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from hubportal.markdown import Outline
from mailings.parity.findings import Finding, Language
from mailings.parity.saying import beside, short, where


def same(count: int) -> str:
    """Return the label when nothing was found."""
    words = ngettext("%(count)s heading in both languages", "%(count)s headings in both languages", count)
    return words % {"count": count} if count else _("No headings")


def findings(found: dict[Language, Outline]) -> Iterator[Finding]:
    """Yield which side lacks headings; with as many, those whose levels differ."""
    fr, nl = found["fr"].headings, found["nl"].headings
    if len(fr) != len(nl):
        language: Language = "fr" if len(fr) < len(nl) else "nl"
        here, there = min(len(fr), len(nl)), max(len(fr), len(nl))
        message = gettext_noop("Headings: %(here)s here, %(there)s in the other language.")
        message = beside(language, message, here=here, there=there)
        yield Finding(
            "headings", language, message, True, _("A heading is missing %(where)s") % where(language)
        )
        return
    for number, (one, other) in enumerate(zip(fr, nl, strict=True), 1):
        if one.level != other.level:
            message = _(
                "Heading %(number)s: “%(fr)s” is of level %(fr_level)s, “%(nl)s” of level %(nl_level)s."
            ) % {
                "number": number,
                "fr": short(one.text),
                "nl": short(other.text),
                "fr_level": one.level,
                "nl_level": other.level,
            }
            yield Finding("heading-level", "", message, True, _("Headings of different levels"))
