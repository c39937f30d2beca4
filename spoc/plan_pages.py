"""What the pages of measures, steering meetings and answers have in common: the page of a step, what it is about."""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render

from hubportal.access.admin import bound
from hubportal.accounts.requests import SignedIn
from spoc.models import Answer, Measure, Meeting, ServiceRequest
from spoc.plan_forms import PlanStepForm
from spoc.taking import Said, line_of, saved, told, took

Stepping = Measure | Meeting | Answer
"""What goes its steps on the portal, each on a page of its own."""


def about(request: SignedIn, row: ServiceRequest) -> dict[str, Any]:
    """Return what each of these pages says of its request."""
    return {
        "row": row,
        "commune": row.commune,
        "may_plan": row.can_be_planned_by(request.user),
        "may_meet": row.can_be_met_about_by(request.user),
    }


def step_page(
    request: SignedIn,
    row: Stepping,
    verb: str,
    step_forms: Mapping[str, Callable[..., Any]],
    template: str,
    context: Mapping[str, Any],
    done: Callable[[], Said] = saved,
) -> HttpResponse:
    """Ask whether a step is to be taken, with its form; on POST, take it, say so, and lead back to the row's page."""
    line = line_of(row, verb)
    is_late = row.status not in line.sources
    if not is_late and not getattr(row, line.predicate)(request.user):
        raise PermissionDenied
    form = step_forms.get(verb, PlanStepForm)(*bound(request), row=row)

    def act() -> Said:
        getattr(row, verb)(by=request.user, **form.cleaned_data)
        return done()

    if is_late:
        if told(request, form, row.too_late(verb), done):
            return redirect(row)
    elif form.is_valid() and took(request, form, act, done):
        return redirect(row)
    return render(request, template, {**context, "form": form, "line": line, "back": row.get_absolute_url()})
