"""The plan of a request on the portal: its calendar, new measures, one measure, its steps. Both parties use it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from hubportal.access.admin import bound
from hubportal.accounts.requests import SignedIn
from spoc.meetings import meetings
from spoc.models import Measure, MeasureEvent, MeasureStatus, ServiceRequest
from spoc.plan import agency, calendar, offered, phases, picture, plan, who_of
from spoc.plan_forms import MEASURE_FORMS, AgreeForm, OtherDaysForm, PickForm, ProposeForm
from spoc.plan_pages import about, step_page
from spoc.taking import took, visible_request


@require_safe
def request_plan(request: SignedIn, pk: int) -> HttpResponse:
    """Show the plan with its calendar: a picture, and the same as a table."""
    row = visible_request(request, pk)
    found = plan(row, request.user)
    met = meetings(row, request.user)
    entries = calendar(row, found.measures, met.all, agency())
    context = {
        **about(request, row),
        "plan": found,
        "met": met,
        "entries": entries,
        "picture": picture(entries),
    }
    return render(request, "spoc/request_plan.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def measure_new(request: SignedIn, pk: int) -> HttpResponse:
    """Offer the library and a measure of one's own; on POST, propose what was picked or written."""
    row = visible_request(request, pk)
    if not row.can_be_planned_by(request.user):
        if row.is_planned:
            raise PermissionDenied
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
        **about(request, row),
        "library": library,
        "pick": pick,
        "form": own,
        "picked": _picked(request),
    }
    return render(request, "spoc/measure_new.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def measures_agree(request: SignedIn, pk: int) -> HttpResponse:
    """Offer all that waits for the reader's agreement; on POST, agree to what is ticked."""
    row = visible_request(request, pk)
    if not row.is_party(request.user):
        raise PermissionDenied
    waiting: list[Any] = plan(row, request.user).to_agree
    offered = [(measure, f"{measure.pk}-{measure.steps}") for measure in waiting]
    if not offered:
        messages.success(request, _("No measure waits for your agreement."))
        return redirect("spoc:request-plan", pk=row.pk)
    form = AgreeForm(*bound(request), offered=offered)

    def act() -> str:
        made = Measure.objects.agree(request=row, by=request.user, **form.cleaned_data)
        words = ngettext("%(count)d measure agreed to.", "%(count)d measures agreed to.", len(made))
        return words % {"count": len(made)}

    if form.is_valid() and took(request, form, act):
        return redirect("spoc:request-plan", pk=row.pk)
    known = {value for _measure, value in offered}
    ticked = set(request.POST.getlist("measures")) & known if request.method == "POST" else known
    context = {
        **about(request, row),
        "form": form,
        "offered": offered,
        "ticked": ticked,
        "may_counter": any(measure.can_be_counter_by(request.user) for measure in waiting),
    }
    return render(request, "spoc/measures_agree.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def measures_counter(request: SignedIn, pk: int) -> HttpResponse:
    """Offer a day for each measure that the other party proposed; on POST, propose those that are others."""
    row = visible_request(request, pk)
    if not row.is_party(request.user):
        raise PermissionDenied
    offered = plan(row, request.user).to_counter(request.user)
    if not offered:
        messages.success(request, _("No measure waits for your agreement."))
        return redirect("spoc:request-plan", pk=row.pk)
    form = OtherDaysForm(*bound(request), measures=offered)

    def act() -> str:
        # Counted as the person gave them: a second click says again what the first one did.
        made = form.cleaned_data["days"]
        Measure.objects.counter(request=row, by=request.user, **form.cleaned_data)
        words = ngettext(
            "%(count)d other day proposed: the other party was told.",
            "%(count)d other days proposed: the other party was told.",
            len(made),
        )
        return words % {"count": len(made)}

    if form.is_valid() and took(request, form, act):
        return redirect("spoc:request-plan", pk=row.pk)
    return render(request, "spoc/measures_counter.html", {**about(request, row), "form": form})


@require_safe
def measure_detail(request: SignedIn, pk: int, measure: int) -> HttpResponse:
    """Show a measure: who, by when, what was done, and the steps that the reader may take."""
    row = _measure(request, pk, measure)
    events = MeasureEvent.objects.visible_to(request.user).filter(subject=row).select_related("by")
    lines = {line.verb: line.label for line in row.TRANSITIONS}
    context = {
        **about(request, row.request),
        "measure": row,
        "who": who_of(row, row.request.commune.name, agency()),
        "phase": phases(row.request.kind)[row.phase],
        "steps": row.next_steps(request.user),
        "is_asked": row.status == MeasureStatus.PROPOSED and row.can_be_agree_by(request.user),
        "moments": [(lines[event.verb], event) for event in events],
    }
    return render(request, "spoc/measure_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def measure_step(request: SignedIn, pk: int, measure: int, verb: str) -> HttpResponse:
    """Ask whether a step of a measure is to be taken, with its form; on POST, take it."""
    row = _measure(request, pk, measure)
    context = {**about(request, row.request), "measure": row, "subject": row.name}
    return step_page(request, row, verb, MEASURE_FORMS, "spoc/measure_step.html", context)


# --- Parts ---------------------------------------------------------------------------------------------------------


def _measure(request: SignedIn, pk: int, measure: int) -> Measure:
    rows = Measure.objects.visible_to(request.user).filter(request=pk)
    related = rows.select_related("standard", "proposed_by", "request__commune", "request__assigned_to")
    row: Measure = get_object_or_404(related, pk=measure)
    return row


def _initial(row: ServiceRequest, request: SignedIn) -> dict[str, str]:
    return {"party": str(row.side_of(request.user))}


def _picked(request: SignedIn) -> list[str]:
    return request.POST.getlist("standards")


def _proposed(request: SignedIn, row: ServiceRequest, form: Any, picks: bool) -> bool:
    """Propose what a form holds; False when the form must be shown again, with the reason."""

    def act() -> str:
        if picks:
            return _praise(len(Measure.objects.pick(request=row, by=request.user, **form.cleaned_data)))
        Measure.objects.propose(request=row, by=request.user, **form.cleaned_data)
        return _praise(1)

    return took(request, form, act)


def _praise(count: int) -> str:
    words = ngettext(
        "%(count)d measure was proposed: the other party was told.",
        "%(count)d measures were proposed: the other party was told.",
        count,
    )
    return words % {"count": count} if count else _("These measures are in the plan already.")
