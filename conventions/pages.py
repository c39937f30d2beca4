"""What the pages of an agreement share: the row for whoever may read it, its addresses, its head with the tabs."""

from typing import Any, Final

from django.db.models import Model
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from conventions.models import Agreement, Amendment, Comment, Convention
from hubportal.accounts.models import User
from hubportal.accounts.requests import SignedIn

_AGREED_BY: Final = ("agency_agreed_by", "commune_agreed_by")


def visible(request: SignedIn, reference: str) -> Convention:
    """Return a convention that the person may know of; 404 for another one."""
    rows = Convention.objects.visible_to(request.user)
    rows = rows.select_related("commune", "successor", "predecessor", *_AGREED_BY)
    convention: Convention = get_object_or_404(rows, reference=reference)
    return convention


def readable(request: SignedIn, reference: str, number: int | None = None) -> Agreement:
    """Return a convention, or its amendment of that number, whose text the person may read; 404 for another one."""
    agreement: Agreement
    if number is None:
        agreement = visible(request, reference)
    else:
        rows = Amendment.objects.visible_to(request.user)
        rows = rows.select_related("convention__commune", "convention__successor", *_AGREED_BY)
        agreement = get_object_or_404(rows, convention__reference=reference, number=number)
    if not agreement.text_visible_to(request.user):
        raise Http404
    return agreement


def is_gone(request: SignedIn, model: type[Model], pk: int) -> bool:
    """Tell whether somebody sends a form about a row that is nowhere any more: a second click, or a colleague's."""
    return request.method == "POST" and not model._base_manager.filter(pk=pk).exists()


def root_of(agreement: Agreement) -> Convention:
    """Return the convention, of which an amendment is a part."""
    if isinstance(agreement, Amendment):
        return agreement.convention
    if not isinstance(agreement, Convention):
        raise TypeError(f"no agreement: {agreement!r}")
    return agreement


def address(agreement: Agreement, page: str, **more: Any) -> str:
    """Return the address of a page of an agreement: "detail", "step", "article", "comments", "history" …"""
    if isinstance(agreement, Amendment):
        more |= {"number": agreement.number}
        page = f"amendment-{page}"
    return reverse(f"conventions:{page}", kwargs={"reference": root_of(agreement).reference, **more})


def head(agreement: Agreement, user: User) -> dict[str, Any]:
    """Return what the head of each page of an agreement shows to a person."""
    root = root_of(agreement)
    writes = agreement.can_be_edited_by(user)
    return {
        "agreement": agreement,
        "shows_text": agreement.text_visible_to(user),
        "shows_dates": root.dates_visible_to(user),
        "convention": root,
        "commune": root.commune,
        "is_amendment": isinstance(agreement, Amendment),
        "state": getattr(agreement, "state", agreement.status),
        "open_comments": Comment.objects.visible_to(user)
        .filter(**{agreement.OWNER: agreement})
        .open()
        .count(),
        "may_write": writes and agreement.is_writable,
        "may_write_council": writes and agreement.awaits_council,
    }
