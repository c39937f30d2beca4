"""What stands where a relay's reply would: its own words as it said them, ours in the reader's language."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hubportal.outbox import words
from mailings.models.choices import FOUND_ARRIVED, LINK_USED

_OURS: Final[Mapping[str, Promise | str]] = {
    **words.OURS,
    FOUND_ARRIVED: _("a person found that it arrived"),
    LINK_USED: _("its link was used to acknowledge it"),
}
"""The words of every mail, and those of an edition's alone."""


def told(reply: str) -> str:
    """Return a kept reply of an edition's message for a reader."""
    return words.told(reply, _OURS)
