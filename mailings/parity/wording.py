"""What is written, as it is searched for dates and amounts: one kind of blank, nothing unseen, no addresses."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from hubportal.markdown import Outline
from mailings.parity.findings import Field, Side

# Addresses may hold numbers that look like dates; what nobody sees may stand inside a date.
_ADDRESS: Final = re.compile(r"https?://\S+|www\.\S+")
_UNSEEN: Final = dict.fromkeys(
    [*range(9), 11, 12, *range(14, 32), 127, 0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF]
)


def readable(text: str) -> str:
    """Return the text in its plainest form (NFKC), on one line."""
    plain = unicodedata.normalize("NFKC", text.translate(_UNSEEN)).replace("’", "'")
    return " ".join(_ADDRESS.sub(" ", plain).split())


def fields(side: Side, found: Outline) -> Iterator[tuple[Field, str]]:
    """Yield each text of a side with the field it stands in; the body, paragraph by paragraph, first."""
    for block in found.blocks:
        yield "body", block
    yield "preheader", side.preheader
    yield "subject", side.subject
