"""The steering meetings of a request on the portal: plan one, one meeting, its steps. Both parties use it."""

from collections.abc import Mapping
from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from hubportal.access.admin import bound
from hubportal.accounts.requests import SignedIn
from hubportal.look.dates import long_date
from spoc.meeting_forms import MEETING_FORMS, MeetingForm
from spoc.models import Meeting, MeetingEvent
from spoc.plan_pages import about, step_page
from spoc.taking import took, visible_request

DONE: Final[Mapping[str, str | Promise]] = {
    "prepare": pgettext_lazy("meeting", "Agenda changed"),
    "move": pgettext_lazy("meeting", "Moved"),
    "hold": pgettext_lazy("meeting", "Minutes written"),
    "correct": pgettext_lazy("meeting", "Minutes corrected"),
    "cancel": pgettext_lazy("meeting", "Cancelled"),
}
"""What happened, in the history of a meeting."""


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_new(request: SignedIn, pk: int) -> HttpResponse:
    """Ask when, where and with whom; on POST, plan the meeting. An audit has none: 404."""
    row = visible_request(request, pk)
    if not row.is_steered:
        raise Http404
    if not row.is_party(request.user):
        raise PermissionDenied
    if not row.can_be_met_about_by(request.user):
        messages.error(request, _("Meetings are planned once the request is accepted, and until it ends."))
        return redirect(row)
    form, made = MeetingForm(bound(request)[0]), list[Meeting]()

    def act() -> str:
        made.append(Meeting.objects.plan(request=row, by=request.user, **form.cleaned_data))
        if made[0].is_to_come:
            return _("The meeting is planned: the other party was told.")
        return _("The meeting is recorded: write its minutes, and the other party is told.")

    if form.is_valid() and took(request, form, act):
        # Of one that came too late for its request, nothing was made.
        return redirect(made[0] if made else row)
    return render(request, "spoc/meeting_new.html", {**about(request, row), "form": form})


@require_safe
def meeting_detail(request: SignedIn, pk: int, meeting: int) -> HttpResponse:
    """Show a meeting: when, where, with whom, its minutes, and the steps that the reader may take."""
    row = _meeting(request, pk, meeting)
    events = MeetingEvent.objects.visible_to(request.user).filter(subject=row).select_related("by")
    context = {
        **about(request, row.request),
        "meeting": row,
        "steps": row.next_steps(request.user),
        "moments": [(DONE[event.verb], event) for event in events],
    }
    return render(request, "spoc/meeting_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_step(request: SignedIn, pk: int, meeting: int, verb: str) -> HttpResponse:
    """Ask whether a step of a meeting is to be taken, with its form; on POST, take it."""
    row = _meeting(request, pk, meeting)
    context = {**about(request, row.request), "meeting": row, "subject": long_date(row.starts_at)}
    return step_page(request, row, verb, MEETING_FORMS, "spoc/meeting_step.html", context)


def _meeting(request: SignedIn, pk: int, meeting: int) -> Meeting:
    rows = Meeting.objects.visible_to(request.user).filter(request=pk)
    related = rows.select_related("planned_by", "request__commune", "request__assigned_to")
    row: Meeting = get_object_or_404(related, pk=meeting)
    return row
