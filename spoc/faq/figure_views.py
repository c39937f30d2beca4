"""The page of the figures of concerns, relay notes and answers."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from hubportal.accounts.models import AGENCY_ROLES
from hubportal.accounts.requests import SignedIn
from hubportal.forms import FilterForm
from spoc.faq.figures import figures, years
from spoc.list_filter import GOING_ON
from spoc.models.answer_queryset import follows_answers, reads_answers


class PeriodForm(FilterForm):
    """The year that counts."""

    year = forms.TypedChoiceField(label=_("Period"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, known: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["year"]
        field.choices = [("", _("The last twelve months")), *((str(year), str(year)) for year in known)]


@require_safe
def answer_figures(request: SignedIn) -> HttpResponse:
    """Show how long it takes to relay and to answer, what is open by theme, and how many communes it touches."""
    user = request.user
    if not reads_answers(user):
        raise PermissionDenied
    form = PeriodForm(request.GET, known=years(user))
    year = form.cleaned_data["year"] if form.is_valid() else None
    context = {
        "form": form,
        "figures": figures(user, year),
        "follows": follows_answers(user),
        "going_on": GOING_ON,
        "is_agency": user.has_role(*AGENCY_ROLES),
    }
    return render(request, "spoc/faq/answer_figures.html", context)
