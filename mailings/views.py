"""Editions on the portal."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from hubportal.accounts.requests import SignedIn
from mailings.models import Mailing


@require_safe
def mailing_list(request: SignedIn) -> HttpResponse:
    """Show the archive."""
    return HttpResponse(str(Mailing.objects.visible_to(request.user).count()))


@require_safe
def mailing_detail(request: SignedIn, number: int) -> HttpResponse:
    """Show an edition."""
    return HttpResponse(str(get_object_or_404(Mailing.objects.visible_to(request.user), number=number)))
