"""An agreement as a PDF: A4, French and Dutch side by side, tagged (PDF/UA-1), with our own font in it.

`rendered` needs the libraries of hubportal/pango.py; `why_not` says what is missing.
"""

from django.template.loader import render_to_string

from conventions.models import Agreement
from conventions.pdf.text import context
from hubportal.pango import why_not

__all__ = ["markup", "rendered", "why_not"]


def markup(agreement: Agreement) -> str:
    """Return the HTML that is drawn: always in both languages, whoever asks."""
    return render_to_string("conventions/pdf/agreement.html", context(agreement))


def rendered(agreement: Agreement) -> bytes:
    """Return the PDF of an agreement as it stands."""
    # Imported late: without Pango the import fails, and the rest of the portal runs.
    from weasyprint import HTML

    from conventions.pdf.fetcher import BASE, OwnFilesOnly
    from conventions.pdf.tags import tell_languages

    page = HTML(string=markup(agreement), base_url=BASE, url_fetcher=OwnFilesOnly())
    drawn: bytes = page.write_pdf(pdf_variant="pdf/ua-1", finisher=tell_languages)
    return drawn
