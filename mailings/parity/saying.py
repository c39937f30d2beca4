"""How a finding is put into words: where it is, in whose language, and no longer than a line."""

from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mailings.parity.findings import Language


def where(language: Language) -> dict[str, str]:
    """Return the name of a side, for a label."""
    return {"where": _("in French") if language == "fr" else _("in Dutch")}


def beside(language: Language, message: str, **values: object) -> str:
    """Return a message of the catalogue, in the reader's language, after the name of the side that it is about."""
    return f"{capfirst(where(language)['where'])}{pgettext('after a label', ': ')}{_(message) % values}"


def short(text: str) -> str:
    """Return a text cut where a message would grow too long."""
    return Truncator(" ".join(text.split())).chars(100)
