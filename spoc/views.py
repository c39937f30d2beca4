"""Requests on the portal: the list, one request, its private files, each for whoever may see it."""

from io import BytesIO
from typing import Any

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from communes.callers import who_to_call
from communes.closures import holiday_today
from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.requests import SignedIn
from hubportal.files.download import download
from hubportal.pdf import why_not
from hubportal.pdf.later import later
from spoc import printed
from spoc.answers import details
from spoc.forms import ConfirmForm
from spoc.meetings import meetings
from spoc.models import Deliverable, Introduction, Message, RequestFile, ServiceRequest, Side, Status
from spoc.nextstep import next_step, open_question
from spoc.plan import plan
from spoc.seen import seen
from spoc.states import label, urgent_tag
from spoc.timeline import timeline
from spoc.writing_forms import MessageForm


@require_safe
def request_detail(request: SignedIn, pk: int) -> HttpResponse:
    """Show a request, one's next step first; 404 for those who may not see it."""
    user, row = request.user, _readable(request, pk)
    side = row.side_of(user)
    messages = Message.objects.visible_to(user).filter(request=row).select_related("author")
    context = {
        "row": row,
        "side": side,
        "is_agency": side == Side.AGENCY,
        "state_label": label(row, side),
        "next": next_step(row, user),
        "urgent": urgent_tag(row),
        "thread": messages.prefetch_related("files"),
        "files": RequestFile.objects.visible_to(user).filter(request=row, message=None),
        "deliverables": Deliverable.objects.visible_to(user).filter(request=row),
        "introductions": Introduction.objects.visible_to(user).filter(request=row).with_people(),
        "timeline": timeline(row, side),
        "seen": seen(row, user),
        "plan": plan(row, user),
        "met": meetings(row, user),
        "may_plan": row.can_be_planned_by(user),
        "may_meet": row.can_be_met_about_by(user),
        "details": [answer for answer in details(row) if answer.text],
        "commune": row.commune,
        "caller": who_to_call(row.commune),
        "holiday": holiday_today(),
        **_acts(request, row, side),
    }
    return render(request, "spoc/request_detail.html", context)


@require_safe
def request_pdf(request: SignedIn, pk: int) -> HttpResponseBase:
    """Hand out a request on paper, without the notes of the agency; 404 for those who may not see it."""
    row = _readable(request, pk)
    if missing := why_not():
        return later(request, str(row), missing=missing)
    content = BytesIO(printed.rendered(row, request.user))
    journal(Kind.EXPORTED, request.user, row, what="request", format="pdf")
    return download(content, f"{row.reference or row.pk}.pdf", "application/pdf")


def _readable(request: SignedIn, pk: int) -> ServiceRequest:
    """Return a request with what its page and its paper say of it; Http404 for those who may not see it."""
    rows = ServiceRequest.objects.visible_to(request.user).select_related(
        "commune",
        "district",
        "assigned_to",
        "created_by",
        "convention_theme__theme",
        "convention_theme__convention",
    )
    return get_object_or_404(rows, pk=pk)


def _acts(request: SignedIn, row: ServiceRequest, side: Side) -> dict[str, Any]:
    """Return what the person may do here: the agency acts at its desk."""
    user = request.user
    # What is sent is treated at the desk by the agency; it writes its own drafts here.
    steps = [] if side == Side.AGENCY and row.status != Status.DRAFT else row.next_steps(user)
    verbs = {step.verb for step in steps}
    may_answer = side == Side.COMMUNE and row.can_be_answered_by(user)
    return {
        "may_add": side == Side.COMMUNE and row.can_be_added_to_by(user),
        "steps": [step for step in steps if step.verb not in ("submit", "confirm", "withdraw")],
        "may_submit": "submit" in verbs,
        "may_withdraw": "withdraw" in verbs,
        "confirm_form": ConfirmForm(row=row, user=user) if "confirm" in verbs else None,
        "answer_form": MessageForm(row=row, user=user) if may_answer else None,
        "is_asked": row.status == Status.WAITING_REQUESTER and side == row.requesting_side,
        "question": open_question(row),
    }


@require_safe
def file_download(request: SignedIn, pk: int) -> FileResponse:
    """Hand out a file that a party added; 404 for those who may not see it, notes included."""
    row = get_object_or_404(RequestFile.objects.visible_to(request.user), pk=pk)
    return download(row.file, row.name, row.content_type)


@require_safe
def deliverable_download(request: SignedIn, pk: int) -> FileResponse:
    """Hand out a deliverable that is a file."""
    rows = Deliverable.objects.visible_to(request.user).filter(kind=Deliverable.Kind.FILE)
    row = get_object_or_404(rows, pk=pk)
    return download(row.file, row.name, row.content_type)
