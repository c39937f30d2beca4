"""What stands where a relay's reply would: its own words as it said them, ours in the reader's language."""

import re
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hubportal.outbox.words import CUT_OFF, NO_REPLY, NOT_BUILT, RIGHT_ENDED
from mailings.models.choices import FOUND_ARRIVED, LINK_USED

_OURS: Final[dict[str, Promise | str]] = {
    FOUND_ARRIVED: _("a person found that it arrived"),
    LINK_USED: _("its link was used to acknowledge it"),
    CUT_OFF: _("sending was cut off in the middle of this message"),
    NO_REPLY: _("no reply after the message was handed over"),
    RIGHT_ENDED: _("the right by which it was written had ended before it was sent"),
    NOT_BUILT: _("the message cannot be built"),
}
"""Words of the portal itself, as rows keep them, and as they are shown."""
_DETAIL: Final = re.compile(r"(?P<words>[^(:]+?)(?P<detail> \(.*\)|: .*)?", re.DOTALL)


def told(reply: str) -> str:
    """Return a kept reply for a reader: what follows our own words (the name of an error) stays as it is."""
    found = _DETAIL.fullmatch(reply)
    if found is None or found["words"] not in _OURS:
        return reply
    return f"{_OURS[found['words']]}{found['detail'] or ''}"
