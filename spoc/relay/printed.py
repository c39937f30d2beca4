"""A relay note on paper, as it was sent: the whole in French and the whole in Dutch, the reader's language first.

It is made of the frozen words alone, so that no commune that is not named in them can be on it.
"""

from typing import Final

from django.template.loader import render_to_string
from django.utils.translation import get_language

from hubportal.pdf import drawn
from spoc.models.sent_note import Sent
from spoc.plan import agency

LANGUAGES: Final = ("fr", "nl")


def rendered(sent: Sent) -> bytes:
    """Return the PDF of a note."""
    return drawn(markup(sent), is_bilingual=True)


def markup(sent: Sent) -> str:
    """Return the HTML that is drawn, the part in the active language first."""
    languages = LANGUAGES[::-1] if get_language() == "nl" else LANGUAGES
    context = {"sent": sent, "languages": languages, "language": languages[0], "agency": agency()}
    return render_to_string("spoc/relay/pdf/note.html", context)
