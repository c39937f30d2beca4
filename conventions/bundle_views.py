"""The ZIP of the conventions in force: asked for on a page, made by a worker, handed out to who asked."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from conventions import bundles
from conventions.models import Bundle, Convention
from conventions.models.bundle import LeftOut
from hubportal.accounts.requests import SignedIn
from hubportal.files.download import download


@require_http_methods(["GET", "HEAD", "POST"])
def bundle(request: SignedIn) -> HttpResponse:
    """Show how far one's ZIP is, or what it would hold; on POST, ask for one."""
    if not Bundle.can_be_asked_by(request.user):
        raise Http404
    if request.method == "POST":
        Bundle.objects.ask(by=request.user)
        return redirect("conventions:bundle")
    last = Bundle.objects.visible_to(request.user).first()
    context = {
        "bundle": last,
        "is_live": last is not None and last.is_under_way,
        "is_there": last is not None and last.can_be_downloaded_by(request.user),
        "left_out": _left_out(request, last) if last else [],
        **_preview(request),
    }
    return render(request, "conventions/bundle.html", context)


@require_safe
def bundle_file(request: SignedIn, pk: int) -> HttpResponseBase:
    """Hand out one's ZIP while it is kept; 404 for anybody else's."""
    row = get_object_or_404(Bundle.objects.visible_to(request.user), pk=pk)
    if not Bundle.can_be_asked_by(request.user):
        raise Http404
    if not row.can_be_downloaded_by(request.user):
        messages.info(request, _("This file is not kept any more. Ask for a new one."))
        return redirect("conventions:bundle")
    return download(row.file.open("rb"), row.name, row.content_type)


def _preview(request: SignedIn) -> dict[str, Any]:
    """Return what a ZIP of today would hold, and what it would leave out."""
    rows = bundles.to_bundle(request.user, timezone.localdate())
    return {"count": len(rows), "on_paper": bundles.without_text(rows)}


def _left_out(request: SignedIn, row: Bundle) -> list[tuple[Convention, str]]:
    """Return what is not in a ZIP, with the reason."""
    found = Convention.objects.visible_to(request.user).filter(reference__in=row.left_out)
    return [
        (convention, str(LeftOut(row.left_out[convention.reference]).label))
        for convention in found.select_related("commune").order_by("commune")
    ]
