"""The recipients of an edition before it leaves: the 19, through whom each is reached, and who is missing."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hubportal.accounts.models import AGENCY_ROLES
from hubportal.accounts.requests import SignedIn
from mailings.models import Mailing
from mailings.pages import coverage_of, gaps_of, head, in_review_by


@require_safe
def mailing_recipients(request: SignedIn, number: int) -> HttpResponse:
    """Show who would receive it, commune by commune; the addresses to the agency only."""
    mailing: Mailing = in_review_by(request, number)
    context = {
        **head(mailing, request.user),
        "overview": coverage_of(mailing),
        "gaps": gaps_of(mailing),
        "shows_addresses": request.user.has_role(*AGENCY_ROLES),
    }
    return render(request, "mailings/mailing_recipients.html", context)
