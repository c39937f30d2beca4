"""Whether the readers of both languages get as many files."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from mailings.parity.findings import OTHER, Finding, Language, Side
from mailings.parity.saying import beside, where


def same(count: int) -> str:
    """Return the label when nothing was found."""
    return _("Same attachments (%(count)s)") % {"count": count} if count else _("No attachments")


def findings(sides: dict[Language, Side]) -> Iterator[Finding]:
    """Yield which side lacks files: one for both languages counts on each."""
    if sides["fr"].attachments == sides["nl"].attachments:
        return
    language: Language = min(sides, key=lambda side: sides[side].attachments)
    here, there = sides[language].attachments, sides[OTHER[language]].attachments
    message = gettext_noop("Attachments: %(here)s here, %(there)s in the other language.")
    message = beside(language, message, here=here, there=there)
    label = _("An attachment is missing %(where)s") % where(language)
    yield Finding("attachments", language, message, True, label, "attachments")
