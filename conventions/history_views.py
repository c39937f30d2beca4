"""The history of an agreement, to be printed, and the signed PDFs that are its evidence."""

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from conventions import pages, reading
from conventions.history import history
from conventions.models import Evidence, ProjectAgreement
from hubportal.accounts.requests import SignedIn
from hubportal.files.download import download


@require_safe
def agreement_history(request: SignedIn, reference: str, number: int | None = None) -> HttpResponse:
    """Show everything that happened to an agreement, for the agency and its own commune."""
    agreement = pages.readable(request, reference, number)
    context = {
        **pages.head(agreement, request.user),
        **history(agreement, request.user),
        "consents": reading.consents(agreement),
        "is_unaltered": agreement.is_unaltered(),
        "now": timezone.now(),
    }
    return render(request, "conventions/agreement_history.html", context)


@require_safe
def agreement_evidence(request: SignedIn, reference: str, pk: int, number: int | None = None) -> FileResponse:
    """Hand out a signed PDF as it was recorded."""
    agreement = pages.readable(request, reference, number)
    rows = Evidence.objects.visible_to(request.user).filter(**{agreement.OWNER: agreement})
    row = get_object_or_404(rows, pk=pk)
    return download(row.file, row.name, row.content_type)


@require_safe
def project_file(request: SignedIn, reference: str, pk: int) -> FileResponse:
    """Hand out the file of a project agreement."""
    convention = pages.readable(request, reference)
    rows = ProjectAgreement.objects.visible_to(request.user).filter(convention=convention.pk)
    row = get_object_or_404(rows.exclude(file=""), pk=pk)
    return download(row.file, row.name, row.content_type)
