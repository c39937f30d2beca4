"""A letter on a page of the portal: the same words as in the mail, drawn by the site's own style sheet."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.safestring import SafeString, mark_safe

from hubportal.markdown import sections
from mailings import placeholders
from mailings.letter import Text

UNKNOWN = "…"
"""Stands for what the letter says of a recipient when the reader is none."""


class Shown(NamedTuple):
    """One language of an edition, ready for a template."""

    language: str
    title: str
    intro: SafeString
    body: SafeString

    @property
    def other(self) -> str:
        """The other language."""
        return "nl" if self.language == "fr" else "fr"


def shown(text: Text, values: Mapping[str, str]) -> Shown:
    """Return a text with a recipient's values; what `values` lacks is left open."""
    known = {name: values.get(name) or UNKNOWN for name in placeholders.VALUES}
    intro, *rest = (
        placeholders.fill(placeholders.unseal(section), known, is_html=True)
        for section in sections(placeholders.seal(text.body, text.language))
    )
    # The sanitizer made the sections, and the values are escaped.
    return Shown(text.language, text.subject, mark_safe(intro), mark_safe("".join(rest)))  # noqa: S308
