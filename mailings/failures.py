"""Why the portal could not take a step that was due, in words for people, and what they can do about it."""

from typing import Final, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mailings.freezing import FreezeError

LETTER: Final = "letter"
LENGTH: Final = 40


class Advice(NamedTuple):
    """A plain reason, and what to do."""

    reason: str | Promise
    to_do: str | Promise


_KNOWN: Final = {
    "nobody": Advice(
        _("Nobody would receive it: no office holder it is meant for has an address that can be written to."),
        _("Look at its recipients; record who holds office, or an address. It leaves by itself afterwards."),
    ),
    LETTER: Advice(
        _("A letter did not come out exactly as it was approved. It is a fault of the portal."),
        _("Tell whoever runs the portal. If it cannot wait, inform the communes in another way."),
    ),
}
_OTHER: Final = Advice(
    _("The portal met a fault of its own."),
    _("Tell whoever runs the portal. If it cannot wait, inform the communes in another way."),
)


def code_of(error: Exception) -> str:
    """Return what tells one failure from another: words with numbers or hours in them would be new each time."""
    if isinstance(error, FreezeError):
        return LETTER
    code = getattr(error, "code", None) if isinstance(error, ValidationError) else None
    return str(code or type(error).__name__)[:LENGTH]


def advice(code: str) -> Advice:
    """Return the reason and what to do."""
    return _KNOWN.get(code, _OTHER)
