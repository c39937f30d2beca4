"""What stands where a relay's reply would: its own words as it said them, ours in the reader's language."""

import re
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_OURS: Final[dict[str, Promise | str]] = {
    "a person found that it arrived": _("a person found that it arrived"),
    "its link was used to acknowledge it": _("its link was used to acknowledge it"),
    "the worker died or was cut off while sending": _("sending was cut off in the middle of this message"),
    "no reply after the message was handed over": _("no reply after the message was handed over"),
    "the message cannot be built": _("the message cannot be built"),
}
"""Words of the portal itself, as rows keep them, and as they are shown."""
_DETAIL: Final = re.compile(r"(?P<words>[^(:]+?)(?P<detail> \(.*\)|: .*)?", re.DOTALL)


def told(reply: str) -> str:
    """Return a kept reply for a reader: what follows our own words (the name of an error) stays as it is."""
    found = _DETAIL.fullmatch(reply)
    if found is None or found["words"] not in _OURS:
        return reply
    return f"{_OURS[found['words']]}{found['detail'] or ''}"
