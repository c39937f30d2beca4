"""The page of an amendment, and the text of a convention as it stands on a day, its amendments applied."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from conventions import pages, reading
from conventions.models import Convention
from conventions.models.choices import BINDING
from conventions.models.consolidated import consolidated
from conventions.nextstep import next_step, offered
from hubportal.accounts.requests import SignedIn


class DayForm(forms.Form):
    """A day."""

    on = forms.DateField(label=_("Day"), widget=forms.DateInput)


@require_safe
def amendment_detail(request: SignedIn, reference: str, number: int) -> HttpResponse:
    """Show an amendment to the agency and, once it was shared, to its commune."""
    user = request.user
    amendment = pages.readable(request, reference, number)
    context = {
        **pages.head(amendment, user),
        **reading.decision(amendment, user),
        **reading.text(amendment, user),
        "next": next_step(amendment, user),
        "steps": offered(amendment, user),
    }
    return render(request, "conventions/amendment_detail.html", context)


@require_safe
def convention_text(request: SignedIn, reference: str) -> HttpResponse:
    """Show the articles of a signed convention on a day, `?on=2027-01-01`; today unless told."""
    convention = pages.readable(request, reference)
    if not isinstance(convention, Convention) or convention.status not in BINDING:
        raise Http404
    today = timezone.localdate()
    form = DayForm(request.GET if "on" in request.GET else {"on": today.isoformat()})
    context: dict[str, Any] = {**pages.head(convention, request.user), "form": form, "day": None}
    if form.is_valid():
        day = form.cleaned_data["on"]
        context |= {
            "day": day,
            "articles": consolidated(convention, day),
            "is_in_force": convention.is_in_force(day),
        }
    return render(request, "conventions/convention_text.html", context)
