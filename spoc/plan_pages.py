"""What the pages of measures and of steering meetings have in common: their request, its facts, the page of a step."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from hubportal.access.admin import bound
from hubportal.access.constraints import constraint_messages
from hubportal.access.typed import words
from hubportal.accounts.requests import SignedIn
from hubportal.forms import add_errors
from hubportal.workflow import TransitionError
from spoc.models import Measure, Meeting, ServiceRequest
from spoc.plan_forms import PlanStepForm

Planned = Measure | Meeting
"""What stands in a plan and goes its steps on the portal."""


def visible_request(request: SignedIn, pk: int) -> ServiceRequest:
    """Return a request for its plan; 404 for those who may not see it."""
    rows = ServiceRequest.objects.visible_to(request.user)
    row: ServiceRequest = get_object_or_404(rows.select_related("commune", "assigned_to"), pk=pk)
    return row


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
    row: Planned,
    verb: str,
    step_forms: Mapping[str, type[Any]],
    template: str,
    context: Mapping[str, Any],
) -> HttpResponse:
    """Ask whether a step is to be taken, with its form; on POST, take it and lead back to the row's page."""
    lines = [line for line in row.TRANSITIONS if line.verb == verb]
    if not lines:
        raise Http404
    line = next((line for line in lines if row.status in line.sources), lines[0])
    is_late = row.status not in line.sources
    if not is_late and not getattr(row, line.predicate)(request.user):
        raise PermissionDenied
    form = step_forms.get(verb, PlanStepForm)(*bound(request), row=row)

    def act() -> str:
        getattr(row, verb)(by=request.user, **form.cleaned_data)
        return _("Saved.")

    if is_late:
        error = TransitionError(row, verb, row.status, row.events.order_by("at", "pk").last())
        if _told(request, error, form):
            return redirect(row)
    elif form.is_valid() and took(request, form, act):
        return redirect(row)
    return render(request, template, {**context, "form": form, "line": line, "back": row.get_absolute_url()})


def took(request: SignedIn, form: forms.BaseForm, act: Callable[[], str]) -> bool:
    """Call a verb and say what it returns; False when the form must be shown again, with the reason."""
    try:
        with constraint_messages():
            said = act()
    except TransitionError as error:
        return _told(request, error, form)
    except ValidationError as error:
        add_errors(form, error)
        return False
    else:
        messages.success(request, said)
    return True


def _told(request: SignedIn, error: TransitionError, form: forms.BaseForm) -> bool:
    """Say who was first; to a second click of the same person, that the first one did it.

    False when words would be lost: then the form is shown again, with them.
    """
    if error.is_repeated_by(request.user):
        messages.success(request, _("Saved."))
    elif words(request):
        form.add_error(None, error)
        return False
    else:
        messages.error(request, str(error))
    return True
