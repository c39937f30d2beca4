"""The plan of a request on the portal: its calendar, new measures, one measure, its steps. Both parties use it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from hubportal.access.admin import bound
from hubportal.access.constraints import constraint_messages
from hubportal.accounts.requests import SignedIn
from hubportal.forms import add_errors
from hubportal.workflow import TransitionError
from spoc.models import Measure, MeasureEvent, ServiceRequest
from spoc.plan import agency, calendar, offered, phases, picture, plan, who_of
from spoc.plan_forms import MEASURE_FORMS, MeasureStepForm, PickForm, ProposeForm


@require_safe
def request_plan(request: SignedIn, pk: int) -> HttpResponse:
    """Show the plan with its calendar: a picture, and the same as a table."""
    row = _visible(request, pk)
    found = plan(row, request.user)
    entries = calendar(row, found.measures, agency())
    context = {**_about(request, row), "plan": found, "entries": entries, "picture": picture(entries)}
    return render(request, "spoc/request_plan.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def measure_new(request: SignedIn, pk: int) -> HttpResponse:
    """Offer the library and a measure of one's own; on POST, propose what was picked or written."""
    row = _visible(request, pk)
    if not row.is_party(request.user):
        raise PermissionDenied
    if not row.can_be_planned_by(request.user):
        messages.error(request, _("A plan is made once the request is accepted, and until it ends."))
        return redirect(row)
    library = offered(row, request.user)
    picks = request.POST.get("from") == "library"
    sent = request.POST if request.method == "POST" else None
    pick = PickForm(sent if picks else None, offered=[item for item, *_rest in library])
    own = ProposeForm(None if picks else sent, row=row, agency=agency(), initial=_initial(row, request))
    if pick.is_valid() and _proposed(request, row, pick, picks):
        return redirect("spoc:request-plan", pk=row.pk)
    if own.is_valid() and _proposed(request, row, own, picks):
        return redirect("spoc:request-plan", pk=row.pk)
    context = {
        **_about(request, row),
        "library": library,
        "pick": pick,
        "form": own,
        "picked": _picked(request),
    }
    return render(request, "spoc/measure_new.html", context)


@require_safe
def measure_detail(request: SignedIn, pk: int, measure: int) -> HttpResponse:
    """Show a measure: who, by when, what was done, and the steps that the reader may take."""
    row = _measure(request, pk, measure)
    events = MeasureEvent.objects.visible_to(request.user).filter(subject=row).select_related("by")
    lines = {line.verb: line.label for line in row.TRANSITIONS}
    context = {
        **_about(request, row.request),
        "measure": row,
        "who": who_of(row, row.request.commune.name, agency()),
        "phase": phases(row.request.kind)[row.phase],
        "steps": row.next_steps(request.user),
        "moments": [(lines[event.verb], event) for event in events],
    }
    return render(request, "spoc/measure_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def measure_step(request: SignedIn, pk: int, measure: int, verb: str) -> HttpResponse:
    """Ask whether a step of a measure is to be taken, with its form; on POST, take it."""
    row = _measure(request, pk, measure)
    line = next((line for line in row.TRANSITIONS if line.verb == verb and row.status in line.sources), None)
    if line is None:
        if not any(line.verb == verb for line in row.TRANSITIONS):
            raise Http404
        _tell(request, TransitionError(row, verb, row.status, row.events.order_by("at", "pk").last()))
        return redirect(row)
    if not getattr(row, line.predicate)(request.user):
        raise PermissionDenied
    form = MEASURE_FORMS.get(verb, MeasureStepForm)(*bound(request), row=row)
    if form.is_valid() and _took(request, row, verb, form):
        return redirect(row)
    context = {**_about(request, row.request), "measure": row, "form": form, "line": line}
    return render(request, "spoc/measure_step.html", context)


# --- Parts ---------------------------------------------------------------------------------------------------------


def _visible(request: SignedIn, pk: int) -> ServiceRequest:
    rows = ServiceRequest.objects.visible_to(request.user)
    row: ServiceRequest = get_object_or_404(rows.select_related("commune", "assigned_to"), pk=pk)
    return row


def _measure(request: SignedIn, pk: int, measure: int) -> Measure:
    rows = Measure.objects.visible_to(request.user).filter(request=pk)
    related = rows.select_related("standard", "proposed_by", "request__commune", "request__assigned_to")
    row: Measure = get_object_or_404(related, pk=measure)
    return row


def _about(request: SignedIn, row: ServiceRequest) -> dict[str, Any]:
    """Return what each of these pages says of its request."""
    return {"row": row, "commune": row.commune, "may_plan": row.can_be_planned_by(request.user)}


def _initial(row: ServiceRequest, request: SignedIn) -> dict[str, str]:
    return {"party": str(row.side_of(request.user))}


def _picked(request: SignedIn) -> list[str]:
    return request.POST.getlist("standards")


def _proposed(request: SignedIn, row: ServiceRequest, form: Any, picks: bool) -> bool:
    """Propose what a form holds; False when the form must be shown again, with the reason."""
    try:
        with constraint_messages():
            if picks:
                made = Measure.objects.pick(request=row, by=request.user, **form.cleaned_data)
            else:
                made = [Measure.objects.propose(request=row, by=request.user, **form.cleaned_data)]
    except TransitionError as error:
        messages.error(request, str(error))
    except ValidationError as error:
        add_errors(form, error)
        return False
    else:
        _praise(request, len(made))
    return True


def _praise(request: SignedIn, count: int) -> None:
    words = ngettext(
        "%(count)d measure was proposed: the other party was told.",
        "%(count)d measures were proposed: the other party was told.",
        count,
    )
    messages.success(
        request, words % {"count": count} if count else _("These measures are in the plan already.")
    )


def _took(request: SignedIn, row: Measure, verb: str, form: Any) -> bool:
    """Call the verb; False when the form must be shown again, with the reason."""
    try:
        with constraint_messages():
            getattr(row, verb)(by=request.user, **form.cleaned_data)
    except TransitionError as error:
        _tell(request, error)
    except ValidationError as error:
        add_errors(form, error)
        return False
    else:
        messages.success(request, _("Saved."))
    return True


def _tell(request: SignedIn, error: TransitionError) -> None:
    """Say who was first; to a second click of the same person, that the first one did it."""
    if error.is_repeated_by(request.user):
        messages.success(request, _("Saved."))
    else:
        messages.error(request, str(error))
