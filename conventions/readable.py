"""The convention of an address, for the pages of those who read its text."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from conventions.models import Convention
from hubportal.accounts.models import User


def readable(user: User, reference: str) -> Convention:
    """Return a convention whose text the person may read; 404 for any other."""
    rows = Convention.objects.visible_to(user).select_related("commune", "successor")
    convention: Convention = get_object_or_404(rows, reference=reference)
    if not convention.text_visible_to(user):
        raise Http404
    return convention
