"""Numbers that an address holds: the key of a row, or where a page of a list begins."""

from typing import Final

from django.http import Http404, HttpRequest

KEY_LENGTH: Final = 18
"""As many digits fit into the column of a key, whatever they are."""


def key_in(text: str, length: int = KEY_LENGTH) -> int | None:
    """Return the number that a text is; None for anything else, and for one that is longer than may be."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= length else None


def key_asked(request: HttpRequest, name: str, length: int = KEY_LENGTH) -> int | None:
    """Return the number that an address asks for by this name, None for none; Http404 for what is no number."""
    asked = request.GET.get(name, "")
    key = key_in(asked, length)
    if asked and key is None:
        raise Http404
    return key
