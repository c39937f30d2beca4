"""What the pages of a draft share: whose it is, which page comes next, what stands beside it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from communes.callers import who_to_call
from communes.closures import holiday_today
from communes.models import Commune
from communes.recipients import answering_for
from hubportal.accounts.requests import SignedIn
from spoc.asking_forms import BASIS, SERVICES, Page
from spoc.models import ServiceRequest


def draft_of(request: SignedIn, pk: int) -> ServiceRequest:
    """Return a request that the person may see and that is theirs to write."""
    rows = ServiceRequest.objects.visible_to(request.user)
    found = rows.select_related("commune", "district", "convention_theme__theme")
    row: ServiceRequest = get_object_or_404(found, pk=pk)
    if not row.is_requester(request.user):
        raise PermissionDenied
    return row


def unfilled(row: ServiceRequest) -> Page | None:
    """Return the first page of a draft with a question that must be answered and is not; None when all are."""
    service = SERVICES[row.kind]
    if row.details is None:
        return service.own[0]
    return None if row.convention_theme_id or row.outside_reason else BASIS


def too_late(request: SignedIn, row: ServiceRequest) -> HttpResponseRedirect:
    """Say who was first, and show the request."""
    messages.error(request, str(row.too_late("submit")))
    return redirect(row)


def steps(row: ServiceRequest, page: Page | None) -> dict[str, Any]:
    """Return the pages of a request as the line of steps shows them; no page: the check."""
    pages = SERVICES[row.kind].pages
    here = pages.index(page) if page else len(pages)
    return {
        "pages": [(item, number < here) for number, item in enumerate(pages)],
        "here": page,
        # The choice of the service comes before them, the check after.
        "number": here + 2,
        "count": len(pages) + 2,
    }


def address_of(row: ServiceRequest, field: str) -> str:
    """Return where an answer is changed: its page, at the field."""
    page = SERVICES[row.kind].page_of(field)
    anchor = "h-interruptions" if field == "interruptions" else f"id_{field}"
    return f"{reverse('spoc:request-edit', args=[row.pk, page.code])}#{anchor}"


def beside(request: SignedIn, commune: Commune | None) -> dict[str, Any]:
    """Return what stands beside the form: whom the commune calls, or who reads it there."""
    if commune is None or request.user.is_staff:
        return {"commune": commune, "readers": answering_for(commune) if commune else []}
    return {"commune": commune, "caller": who_to_call(commune), "holiday": holiday_today()}
