"""Our own words where a relay said nothing, as rows keep them; whoever shows them tells them in the reader's language.

What follows in brackets or after a colon is the name of an error.
"""

from typing import Final

CUT_OFF: Final = "the worker died or was cut off while sending"
NO_REPLY: Final = "no reply after the message was handed over"
RIGHT_ENDED: Final = "the right by which it was written ended before it was sent"
ERASED: Final = "its recipient was erased before it was sent"
NOT_BUILT: Final = "the message cannot be built"
