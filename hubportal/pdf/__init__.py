"""HTML as a PDF: A4, tagged (PDF/UA-1), with our own font in it; it loads nothing but our own static files.

Drawing needs the libraries of hubportal/pango.py; `why_not` says what is missing.
"""

from hubportal.pango import why_not

__all__ = ["drawn", "why_not"]


def drawn(markup: str, *, is_bilingual: bool = False) -> bytes:
    """Return the PDF of a page, which names its style as a static file ("pdf.css").

    `is_bilingual`: each text is tagged with the `lang` of its element, not only the whole with that of the page.
    """
    # Imported late: without Pango the import fails, and the rest of the portal runs.
    from weasyprint import HTML

    from hubportal.pdf.fetcher import BASE, OwnFilesOnly
    from hubportal.pdf.tags import tell_languages

    page = HTML(string=markup, base_url=BASE, url_fetcher=OwnFilesOnly())
    found: bytes = page.write_pdf(pdf_variant="pdf/ua-1", finisher=tell_languages if is_bilingual else None)
    return found
