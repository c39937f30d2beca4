"""Our own words where a relay said nothing, as rows keep them, and as a reader is told them, in their language.

What follows in brackets or after a colon is the name of an error.
"""

import re
from collections.abc import Mapping
from typing import Final

from django.db.models import Case, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CUT_OFF: Final = "the worker died or was cut off while sending"
NO_REPLY: Final = "no reply after the message was handed over"
RIGHT_ENDED: Final = "the right by which it was written ended before it was sent"
ERASED: Final = "its recipient was erased before it was sent"
NOT_BUILT: Final = "the message cannot be built"
OURS: Final[Mapping[str, Promise | str]] = {
    CUT_OFF: _("sending was cut off in the middle of this message"),
    NO_REPLY: _("no reply after the message was handed over"),
    RIGHT_ENDED: _("the right by which it was written had ended before it was sent"),
    ERASED: _("the data of its recipient were erased before it was sent"),
    NOT_BUILT: _("the message cannot be built"),
}
"""As rows keep them, and as they are shown."""
_DETAIL: Final = re.compile(r"(?P<words>[^(:]+?)(?P<detail> \(.*\)|: .*)?", re.DOTALL)


def told(reply: str, ours: Mapping[str, Promise | str] = OURS) -> str:
    """Return a kept reply for a reader: what follows our own words (the name of an error) stays as it is."""
    found = _DETAIL.fullmatch(reply)
    if found is None or found["words"] not in ours:
        return reply
    return f"{ours[found['words']]}{found['detail'] or ''}"


def only_ours(*more: str) -> Case:
    """Return what stays of `smtp_reply` once the address is forgotten: our own words, which say what became of it.

    Those of a relay may hold an address. `more`: the words of a table of its own.
    """
    kept = (When(smtp_reply__startswith=words, then=Value(words)) for words in (*OURS, *more))
    return Case(*kept, default=Value(""))
