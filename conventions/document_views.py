"""The PDF of an agreement: the stored one of a frozen text, a drawing of the moment of any other."""

from io import BytesIO

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from conventions import documents, pages, pdf
from conventions.models import Agreement
from hubportal.accounts.requests import SignedIn
from hubportal.files.download import download


@require_safe
def agreement_document(request: SignedIn, reference: str, number: int | None = None) -> HttpResponseBase:
    """Hand out the PDF to whoever reads the text: frozen, the bytes that were made once; else drawn now."""
    agreement = pages.readable(request, reference, number)
    kept = documents.stored(agreement) if agreement.content_hash else None
    if kept:
        return download(kept.file.open("rb"), kept.name, kept.content_type)
    missing = pdf.why_not()
    if missing:
        return _later(request, agreement, missing)
    if agreement.content_hash:
        documents.order()
        return _later(request, agreement)
    drawn = BytesIO(pdf.rendered(agreement))
    return download(drawn, f"{agreement}.pdf", "application/pdf")


def _later(request: SignedIn, agreement: Agreement, missing: str = "") -> HttpResponse:
    """Say why there is no PDF yet."""
    context = {"agreement": agreement, "missing": missing}
    response = render(request, "conventions/document_later.html", context, status=503)
    response["Retry-After"] = "60"
    return response
