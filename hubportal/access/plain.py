"""Titles that read the same everywhere: in a list, a mail's subject, a file's name."""

import re
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

TURNS: Final = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Signs that turn the direction of a text without being seen (Unicode, UAX 9)."""


def one_way(text: str) -> None:
    """Refuse a text with signs that turn its direction: it would read otherwise than it is."""
    if TURNS.search(text):
        raise ValidationError(_("Remove the invisible signs that turn the direction of the text."), "turns")
