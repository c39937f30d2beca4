"""Who writes in a convention, and what is said to whoever comes too late."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from conventions import pages
from conventions.models import Convention
from hubportal.accounts.requests import SignedIn


def may_be_written(request: SignedIn, reference: str) -> Convention:
    """Return a convention for who writes for its commune; 404 when it cannot be read, PermissionDenied otherwise."""
    convention = pages.readable(request, reference)
    if not isinstance(convention, Convention) or not convention.can_be_edited_by(request.user):
        raise PermissionDenied
    return convention


def closed(request: SignedIn, convention: Convention) -> HttpResponse:
    """Say that the text is not written any more, and lead to it."""
    messages.error(request, _("This text cannot be changed any more, unless it is sent back."))
    return redirect(convention)
