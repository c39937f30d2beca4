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
from mailings import trial, weight
from mailings.approving_forms import ApproveForm
from mailings.forms import STEP_FORMS, AgainForm, ScheduleForm, StepForm
from mailings.models import Mailing
from mailings.models.checks import is_not_approved_for
from mailings.models.patience import open_run
from mailings.overview import overview
from mailings.pages import head, in_review_by
from mailings.rhythm_forms import SubmitForm
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

FORMS: Final[dict[str, type[StepForm]]] = {**STEP_FORMS, "approve": ApproveForm, "submit": SubmitForm}
WRITTEN: Final = ("comment", "reason")
"""What a person writes when taking a step: shown once more when it came too late."""


@require_http_methods(["GET", "HEAD", "POST"])
def mailing_step(request: SignedIn, number: int, verb: str) -> HttpResponse:
    """Ask whether a step is to be taken, with its form; on POST, take it."""
    mailing = in_review_by(request, number)
    lines = [line for line in mailing.TRANSITIONS if line.verb == verb and line.label]
    if not lines:
        raise Http404
    line = _line(mailing, verb)
    if _is_refused(request, mailing, line or lines[0]) or line is None:
        return redirect(mailing)
    form = FORMS.get(verb, StepForm)(*bound(request)[:1], mailing=mailing, user=request.user)
    if form.is_valid() and _took(request, mailing, verb, form):
        return redirect(mailing)
    context = {
        **head(mailing, request.user),
        **_beside(mailing, verb, form, request.user),
        "form": form,
        "line": line,
    }
    return render(request, "mailings/mailing_step.html", context)


def _line(mailing: Mailing, verb: str) -> Transition | None:
    """Return the line of the table by which a step can be taken now, if there is one."""
    lines = (line for line in mailing.TRANSITIONS if line.verb == verb and line.label)
    return next((line for line in lines if mailing.status in line.sources), None)


def _is_refused(request: SignedIn, mailing: Mailing, line: Transition) -> bool:
    """Tell whether it is too late for a step, and say why; PermissionDenied for who may not take it."""
    if mailing.status not in line.sources:
        _tell(request, mailing, mailing.too_late(line.verb))
        return True
    if getattr(mailing, line.predicate)(request.user):
        return False
    if line.verb == "approve" and mailing.can_be_remark_by(request.user):
        # Not forbidden, only too late: a colleague was first, or oneself.
        try:
            is_not_approved_for(mailing, request.user)
        except ValidationError as error:
            messages.error(request, error.messages[0])
            return True
    raise PermissionDenied


def _tell(request: SignedIn, mailing: Mailing, error: TransitionError) -> None:
    """Say who was first; to a second click of the same person, that the first one did it."""
    if request.method == "POST" and error.is_repeated_by(request.user):
        _praise(request, mailing, error.verb)
        return
    messages.error(request, str(error))
    written = " ".join(filter(None, (request.POST.get(name, "").strip() for name in WRITTEN)))
    if written:
        messages.info(request, _("What you wrote was not kept: “%(words)s”") % {"words": written})


def _took(request: SignedIn, mailing: Mailing, verb: str, form: StepForm) -> bool:
    """Call the verb; False when the form must be shown again, with the reason."""
    try:
        with constraint_messages():
            getattr(mailing, verb)(by=request.user, **form.cleaned_data)
    except TransitionError as error:
        return _came_late(request, mailing, form, error)
    except ValidationError as error:
        if getattr(error, "code", "") == "too_late":
            messages.error(request, error.messages[0])
            return True
        if isinstance(form, ApproveForm):
            form.show_present_text()
        add_errors(form, error)
        return False
    else:
        _praise(request, mailing, verb)
    return True


def _praise(request: SignedIn, mailing: Mailing, verb: str) -> None:
    """Say that a step was taken."""
    is_now = verb == "schedule" and mailing.scheduled_for and mailing.scheduled_for <= timezone.now()
    messages.success(request, _("It leaves within a minute.") if is_now else DONE[verb])


def _came_late(request: SignedIn, mailing: Mailing, form: StepForm, error: TransitionError) -> bool:
    """Say who was first; False when the step can still be taken: its form is shown again, with what was typed."""
    if (
        not isinstance(form, AgainForm)
        or not _line(mailing, error.verb)
        or error.is_repeated_by(request.user)
    ):
        _tell(request, mailing, error)
        return True
    form.catch_up()
    add_errors(form, error)
    return False


def _beside(mailing: Mailing, verb: str, form: StepForm, user: User) -> dict[str, Any]:
    """Return what the page of a step shows besides its question: what is approved, who is not reached, …"""
    if isinstance(form, SubmitForm):
        has_gaps = "gap_reason" in form.fields
        facts = {"report": weight.report(mailing), **_planned(mailing, by_itself=not has_gaps)}
        # Who is not reached is said where the reason is asked for.
        return {**facts, "overview": overview(mailing, form.day)} if has_gaps else facts
    if isinstance(form, ApproveForm):
        run = open_run(mailing)
        # Of the 19 only how many are not reached, and why: the list is a page of its own.
        reached = overview(mailing, timezone.localdate(run.leaves_at) if run else None)
        return {
            **_planned(mailing, by_itself=not reached.missing),
            "reached": reached,
            "pair": pair(mailing, trial.values(user)),
            "comparison": comparison(mailing, user),
            "remarks": form.remarks(),
        }
    if isinstance(form, ScheduleForm):
        leaves = getattr(form, "cleaned_data", {}).get("scheduled_for") or form.initial["scheduled_for"]
        found = overview(mailing, max(timezone.localdate(), timezone.localdate(leaves)))
        # Only for the page, which must not call optional what will be asked for; the verb decides.
        form.fields["gap_reason"].required = bool(found.missing)
        return {"overview": found}
    return {}


def _planned(mailing: Mailing, *, by_itself: bool) -> dict[str, Any]:
    """Return when its rhythm lets an edition leave: by itself, unless a gap still needs its reason."""
    run = open_run(mailing)
    if run is None or not run.schedule.is_active or run.leaves_at <= timezone.now():
        return {}
    return {"leaves_at": run.leaves_at, "leaves_by_itself": by_itself}
