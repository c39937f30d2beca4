"""What a person reads when a page cannot be given: what to do now, and that nothing is lost."""

import sys

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from hubportal.access.typed import came_from_here, sent, words
from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.refusals import journal_refusal, who_asks

RETRY_SECONDS = 30
DATABASE_AWAY = (OperationalError, InterfaceError)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: an address or a form that no page of ours sends."""
    return HttpResponse(render_to_string("400.html"), status=400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, with the reason where the code that refused gave one."""
    journal_refusal(request)
    reason = str(exception) if isinstance(exception, PermissionDenied) else ""
    return render(request, "403.html", {"reason": reason, "typed": words(request)}, status=403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page, or not one that this person may know of."""
    return render(request, "404.html", {"typed": words(request)}, status=404)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """429: this step was tried too often; the journal has it."""
    match = request.resolver_match
    journal(Kind.LIMITED, who_asks(request), view=match.view_name if match else "")
    return render(request, "429.html", status=429)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 while the database is away; without a query, a session or a person."""
    if isinstance(sys.exc_info()[1], DATABASE_AWAY):
        response = HttpResponse(render_to_string("503.html"), status=503)
        response["Retry-After"] = str(RETRY_SECONDS)
        return response
    return HttpResponse(render_to_string("500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose protection went stale, with what was typed, to be sent again by one click.

    A form that did not come from a page of this site, or that holds a password, is not offered again.
    `reason` is Django's, in English, and is in its log.
    """
    fields = sent(request) if came_from_here(request) else []
    return render(request, "403_csrf.html", {"fields": fields, "has_files": bool(request.FILES)}, status=403)
