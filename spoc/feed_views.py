"""A person's calendar: the page where its secret address is made and revoked, and the address itself."""

from typing import Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hubportal.accounts.models import AGENCY_ROLES
from hubportal.accounts.requests import SignedIn
from spoc import feed
from spoc.models import CalendarFeed
from spoc.models.parties import reads_notes, reads_requests

MINUTES: Final = 5
"""How long a calendar program may keep what it read: it looks again each hour at the most often."""


@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: SignedIn) -> HttpResponse:
    """Show whether a person has a calendar address; on POST, make one and show it, this once.

    It is not kept anywhere, so there is nothing to redirect to.
    """
    user = request.user
    if not feed.follows_any(user):
        raise PermissionDenied(_("Requests are read by the communes and the agency."))
    address = ""
    if request.method == "POST":
        token = CalendarFeed.objects.issue(by=user)
        address = settings.BASE_URL + reverse("spoc:calendar-feed", args=[token])
    context = {
        "feed": CalendarFeed.objects.visible_to(user).first(),
        "address": address,
        # On this device the calendar program itself opens it.
        "subscribe": f"webcal:{address.partition(':')[2]}",
        "is_agency": user.has_role(*AGENCY_ROLES),
        "oversees": user.has_role(*feed.OVERSEERS),
        "reads_notes": reads_notes(user),
        "reads_requests": reads_requests(user),
    }
    return render(request, "spoc/calendar.html", context)


@require_POST
def calendar_revoke(request: SignedIn) -> HttpResponse:
    """End one's own calendar address."""
    CalendarFeed.objects.revoke(by=request.user)
    messages.success(request, _("The address is revoked: nothing can be read there any more."))
    return redirect("spoc:calendar")


# No cookie, no account: a calendar program knows nothing but the address, and nobody else can guess it.
@login_not_required
@require_safe
@cache_control(private=True, max_age=60 * MINUTES)
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Hand out the calendar of whoever holds this address, with the rights they have today.

    Of an address that never was, one that was revoked, and a person who reads no request any more, the answer is
    the same, so that it tells nobody anything.
    """
    found = CalendarFeed.objects.opened_with(token).select_related("user").first()
    if found is None or not feed.follows_any(found.user):
        return HttpResponse(status=404, content_type="text/plain; charset=utf-8")
    found.note()
    response = HttpResponse(feed.calendar_of(found.user), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="requests.ics"'
    response["Content-Language"] = found.user.language
    return response
