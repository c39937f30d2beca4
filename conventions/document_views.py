"""The PDF of a convention: the stored one of a frozen text, a drawing of the moment of any other."""

from io import BytesIO

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from conventions import documents, pdf
from conventions.models import Convention
from hubportal.accounts.requests import SignedIn
from hubportal.files.download import download


@require_safe
def convention_document(request: SignedIn, reference: str) -> HttpResponseBase:
    """Hand out the PDF to whoever reads the text: frozen, the bytes that were made once; else drawn now."""
    visible = Convention.objects.visible_to(request.user).select_related("commune")
    convention = get_object_or_404(visible, reference=reference)
    if not convention.text_visible_to(request.user):
        raise Http404
    kept = documents.stored(convention) if convention.content_hash else None
    if kept:
        return download(kept.file.open("rb"), kept.name, kept.content_type)
    missing = pdf.why_not()
    if missing:
        return _later(request, convention, missing)
    if convention.content_hash:
        documents.order()
        return _later(request, convention)
    drawn = BytesIO(pdf.rendered(convention))
    return download(drawn, f"{convention.reference}.pdf", "application/pdf")


def _later(request: SignedIn, convention: Convention, missing: str = "") -> HttpResponse:
    """Say why there is no PDF yet."""
    context = {"convention": convention, "missing": missing}
    response = render(request, "conventions/document_later.html", context, status=503)
    response["Retry-After"] = "60"
    return response
