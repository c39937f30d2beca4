"""Taking a step of an edition: a page asks, with its form; POST acts and redirects."""

from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from hubportal.access.admin import bound
from hubportal.access.constraints import constraint_messages
from hubportal.accounts.models import User
from hubportal.accounts.requests import SignedIn
from hubportal.forms import add_errors
from hubportal.workflow import Transition, TransitionError
from mailings import parity, trial
from mailings.forms import STEP_FORMS, ApproveForm, ScheduleForm, StepForm
from mailings.models import Mailing
from mailings.models.checks import is_not_approved_for
from mailings.overview import overview
from mailings.pages import head, in_review_by
from mailings.showing import comparison, pair

DONE: Final[dict[str, Any]] = {
    "submit": _("Approval was asked for; those who may give it receive a mail."),
    "approve": _("Thank you: your approval is recorded; the authors receive a mail."),
    "remark": _("The authors receive what you wrote by mail."),
    "withdraw": _("Your approval is withdrawn; everybody concerned receives a mail."),
    "schedule": _("It leaves by itself at this moment."),
    "pause": _("Sending is paused."),
    "resume": _("Sending goes on."),
    "cancel": _("It is cancelled: nothing more leaves."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def mailing_step(request: SignedIn, number: int, verb: str) -> HttpResponse:
    """Ask whether a step is to be taken, with its form; on POST, take it."""
    mailing = in_review_by(request, number)
    lines = [line for line in mailing.TRANSITIONS if line.verb == verb and line.label]
    if not lines:
        raise Http404
    line = next((line for line in lines if mailing.status in line.sources), None)
    refusal = _refusal(request, mailing, line or lines[0])
    if refusal:
        messages.error(request, refusal)
    if line is None or refusal:
        return redirect(mailing)
    form = STEP_FORMS.get(verb, StepForm)(*bound(request)[:1], mailing=mailing, user=request.user)
    if form.is_valid() and _took(request, mailing, verb, form):
        return redirect(mailing)
    context = {
        **head(mailing, request.user),
        **_beside(mailing, verb, form, request.user),
        "form": form,
        "line": line,
    }
    return render(request, "mailings/mailing_step.html", context)


def _refusal(request: SignedIn, mailing: Mailing, line: Transition) -> str:
    """Return why it is too late for a step, empty when it is not; PermissionDenied for who may not take it."""
    if mailing.status not in line.sources:
        last = mailing.events.order_by("at", "pk").last()
        return str(TransitionError(mailing, line.verb, mailing.status, last))
    if getattr(mailing, line.predicate)(request.user):
        return ""
    if line.verb == "approve" and mailing.can_be_remark_by(request.user):
        # Not forbidden, only too late: a colleague was first, or oneself.
        try:
            is_not_approved_for(mailing, request.user)
        except ValidationError as error:
            return error.messages[0]
    raise PermissionDenied


def _took(request: SignedIn, mailing: Mailing, verb: str, form: StepForm) -> bool:
    """Call the verb; False when the form must be shown again, with the reason."""
    try:
        with constraint_messages():
            getattr(mailing, verb)(by=request.user, **form.cleaned_data)
    except ValidationError as error:
        if getattr(error, "code", "") != "too_late":
            if isinstance(form, ApproveForm):
                form.show_present_text()
            add_errors(form, error)
            return False
        messages.error(request, error.messages[0])
    else:
        is_now = verb == "schedule" and mailing.scheduled_for and mailing.scheduled_for <= timezone.now()
        messages.success(request, _("It leaves within a minute.") if is_now else DONE[verb])
    return True


def _beside(mailing: Mailing, verb: str, form: StepForm, user: User) -> dict[str, Any]:
    """Return what the page of a step shows besides its question: what is approved, who is not reached, …"""
    if verb == "submit":
        return {"report": parity.check(mailing.side("fr"), mailing.side("nl"))}
    if verb == "approve":
        return {"pair": pair(mailing, trial.values(user)), "comparison": comparison(mailing)}
    if isinstance(form, ScheduleForm):
        leaves = getattr(form, "cleaned_data", {}).get("scheduled_for") or form.initial["scheduled_for"]
        found = overview(mailing, max(timezone.localdate(), timezone.localdate(leaves)))
        # Only for the page, which must not call optional what will be asked for; the verb decides.
        form.fields["gap_reason"].required = bool(found.missing)
        return {"overview": found}
    return {}
