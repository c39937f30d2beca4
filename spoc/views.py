"""A request on the portal, and its private files, for whoever may see it."""

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from hubportal.accounts.requests import SignedIn
from hubportal.files.download import download
from spoc.models import Deliverable, Message, RequestFile, ServiceRequest
from spoc.states import label


@require_safe
def request_detail(request: SignedIn, pk: int) -> HttpResponse:
    """Show a request with its thread and what was delivered; 404 for those who may not see it."""
    rows = ServiceRequest.objects.visible_to(request.user).select_related("commune", "assigned_to")
    row = get_object_or_404(rows, pk=pk)
    messages = Message.objects.visible_to(request.user).filter(request=row).select_related("author")
    context = {
        "row": row,
        "state_label": label(row, row.side_of(request.user)),
        "thread": messages.prefetch_related("files"),
        "deliverables": Deliverable.objects.visible_to(request.user).filter(request=row),
    }
    return render(request, "spoc/request_detail.html", context)


@require_safe
def file_download(request: SignedIn, pk: int) -> FileResponse:
    """Hand out a file that a party added; 404 for those who may not see it, notes included."""
    row = get_object_or_404(RequestFile.objects.visible_to(request.user), pk=pk)
    return download(row.file, row.name, row.content_type)


@require_safe
def deliverable_download(request: SignedIn, pk: int) -> FileResponse:
    """Hand out a deliverable that is a file."""
    rows = Deliverable.objects.visible_to(request.user).filter(kind=Deliverable.Kind.FILE)
    row = get_object_or_404(rows, pk=pk)
    return download(row.file, row.name, row.content_type)
