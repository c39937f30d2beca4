"""The PDF of an agreement: the stored one of a frozen text, a drawing of the moment of any other."""

from io import BytesIO

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from conventions import documents, pages, pdf
from hubportal.accounts.requests import SignedIn
from hubportal.files.download import download
from hubportal.pdf.later import later


@require_safe
def agreement_document(request: SignedIn, reference: str, number: int | None = None) -> HttpResponseBase:
    """Hand out the PDF to whoever reads the text: frozen, the bytes that were made once; else drawn now."""
    agreement = pages.readable(request, reference, number)
    kept = documents.stored(agreement) if agreement.content_hash else None
    if kept:
        return download(kept.file.open("rb"), kept.name, kept.content_type)
    missing = pdf.why_not()
    if missing:
        return later(request, str(agreement), missing=missing)
    if agreement.content_hash:
        documents.order()
        waiting = _("It is being made, once and for all, from the frozen text. Try again in a minute.")
        return later(request, str(agreement), waiting=waiting)
    drawn = BytesIO(pdf.rendered(agreement))
    return download(drawn, f"{agreement}.pdf", "application/pdf")
