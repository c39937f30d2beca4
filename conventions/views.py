"""The page of one convention, in both languages."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from communes.callers import who_to_call
from communes.colleges import colleges
from conventions.life import life
from conventions.models import Convention, ConventionTheme, Signatory
from hubportal.accounts.requests import SignedIn


@require_safe
def convention_detail(request: SignedIn, reference: str) -> HttpResponse:
    """Show a convention as far as the person may read it: text, dates and state, or the state alone."""
    visible = Convention.objects.visible_to(request.user).binding()
    convention = get_object_or_404(
        visible.select_related("commune", "successor", "predecessor"), reference=reference
    )
    context = {
        "convention": convention,
        "commune": convention.commune,
        "shows_dates": convention.dates_visible_to(request.user),
        "shows_text": False,
        "life": life(convention, timezone.localdate()),
        "is_in_force": convention.is_in_force(),
    }
    if convention.text_visible_to(request.user):
        context |= _text(request, convention)
    return render(request, "conventions/convention_detail.html", context)


def _text(request: SignedIn, convention: Convention) -> dict[str, Any]:
    """Return what only the commune itself and the agency read."""
    user, commune = request.user, convention.commune
    others = Convention.objects.visible_to(user).binding().filter(commune=commune).exclude(pk=convention.pk)
    return {
        "shows_text": True,
        "themes": ConventionTheme.objects.visible_to(user)
        .filter(convention=convention)
        .select_related("theme"),
        "signatories": Signatory.objects.visible_to(user).filter(convention=convention),
        "others": others.select_related("successor").order_by("-in_force_from"),
        "caller": who_to_call(commune),
        "college": colleges([commune.nis])[commune.nis],
    }
