"""Our own words where a relay said nothing, as rows keep them; whoever shows them tells them in the reader's language.

What follows in brackets or after a colon is the name of an error.
"""

from typing import Final

from django.db.models import Case, Value, When

CUT_OFF: Final = "the worker died or was cut off while sending"
NO_REPLY: Final = "no reply after the message was handed over"
RIGHT_ENDED: Final = "the right by which it was written ended before it was sent"
ERASED: Final = "its recipient was erased before it was sent"
NOT_BUILT: Final = "the message cannot be built"
OURS: Final = (CUT_OFF, NO_REPLY, RIGHT_ENDED, ERASED, NOT_BUILT)


def only_ours(*more: str) -> Case:
    """Return what stays of `smtp_reply` once the address is forgotten: our own words, which say what became of it.

    Those of a relay may hold an address. `more`: the words of a table of its own.
    """
    kept = (When(smtp_reply__startswith=words, then=Value(words)) for words in (*OURS, *more))
    return Case(*kept, default=Value(""))
