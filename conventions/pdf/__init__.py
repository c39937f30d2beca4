"""An agreement as a PDF: French and Dutch side by side, each tagged as what it is. `hubportal.pdf` draws it."""

from django.template.loader import render_to_string

from conventions.models import Agreement
from conventions.pdf.text import context
from hubportal.pdf import drawn, why_not

__all__ = ["markup", "rendered", "why_not"]


def markup(agreement: Agreement) -> str:
    """Return the HTML that is drawn: always in both languages, whoever asks."""
    return render_to_string("conventions/pdf/agreement.html", context(agreement))


def rendered(agreement: Agreement) -> bytes:
    """Return the PDF of an agreement as it stands."""
    return drawn(markup(agreement), is_bilingual=True)
