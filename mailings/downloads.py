"""Attachments handed out: to whoever sees their edition, and to whoever holds the link of a message."""

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from hubportal.accounts.requests import SignedIn
from hubportal.files.download import download
from mailings.models import Attachment, Delivery


@require_safe
def file(request: SignedIn, number: int, pk: int) -> FileResponse:
    """Hand out an attachment of an edition that the person may see."""
    rows = Attachment.objects.visible_to(request.user).present()
    return _handed(get_object_or_404(rows, mailing__number=number, pk=pk))


# No cookie, no account: the link of a message is the proof, as on its page.
@login_not_required
@require_safe
def read_file(request: HttpRequest, token: str, pk: int) -> FileResponse:
    """Hand out an attachment of the edition of a message to whoever holds its link."""
    delivery = get_object_or_404(Delivery.objects.opened_with(token))
    rows = Attachment.objects.filter(mailing=delivery.mailing_id).present()
    return _handed(get_object_or_404(rows, pk=pk))


def _handed(row: Attachment) -> FileResponse:
    return download(row.file, row.name, row.content_type)
