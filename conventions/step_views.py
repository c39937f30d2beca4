"""Taking a step of an agreement on the portal: a page asks, with its form; POST acts and redirects."""

from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from conventions import pages, reading
from conventions.emails import reaches_nobody
from conventions.models import Agreement, AmendmentEvent, ConventionEvent
from conventions.nextstep import ELSEWHERE
from conventions.readiness import lacking
from conventions.step_forms import STEP_FORMS, AgreeStep, StepForm
from hubportal.access.admin import bound
from hubportal.access.constraints import constraint_messages
from hubportal.accounts.requests import SignedIn
from hubportal.forms import add_errors
from hubportal.look.dates import hour, short_date
from hubportal.workflow import Transition, TransitionError
from hubportal.workflow.table import TWICE

DONE: Final[dict[str, Any]] = {
    "share": gettext_lazy("The commune reads the text from now on, and can comment on it."),
    "agree": gettext_lazy(
        "It is recorded that the text is agreed to. Any change of the text makes this void."
    ),
    "freeze": gettext_lazy("The text is frozen. The PDF to sign is being made, and is here within a minute."),
    "sign": gettext_lazy("The signature is recorded."),
    "send_back": gettext_lazy("The text was sent back; what you wrote is in its history."),
    "abandon": gettext_lazy("It is abandoned."),
    "renew": gettext_lazy("This draft follows the former agreement, with the same articles and themes."),
    "terminate": gettext_lazy("It is terminated; it binds both parties until its last day."),
}
SENT_BACK: Final = gettext_lazy("The text was sent back: the agency reads why, and shares it with you again.")
ALREADY: Final = ("agreed", "signed", "renewed")
"""Codes of a refusal because somebody did it before."""


@require_http_methods(["GET", "HEAD", "POST"])
def agreement_step(request: SignedIn, reference: str, verb: str, number: int | None = None) -> HttpResponse:
    """Ask whether a step is to be taken, with its form; on POST, take it."""
    try:
        agreement = pages.readable(request, reference, number)
    except Http404:
        if _hid_it(request, reference, verb, number):
            return redirect("conventions:detail", reference)
        raise
    lines = [line for line in agreement.TRANSITIONS if line.verb == verb and line.label]
    if not lines or verb in ELSEWHERE:
        raise Http404
    line = next((line for line in lines if agreement.status in line.sources), None)
    if _came_late(request, agreement, line or lines[0]) or line is None:
        return redirect(pages.address(agreement, "detail"))
    form = STEP_FORMS.get(verb, StepForm)(*bound(request), agreement=agreement, user=request.user)
    answer = _took(request, agreement, verb, form) if form.is_valid() else None
    return answer or render(
        request, "conventions/agreement_step.html", _context(request, agreement, line, form)
    )


def _came_late(request: SignedIn, agreement: Agreement, line: Transition) -> bool:
    """Tell whether the state does not allow the step any more, and say so; PermissionDenied for whom it never was."""
    if not getattr(agreement, line.predicate)(request.user):
        successor = getattr(agreement, "successor", None)
        if line.verb != "renew" or successor is None or not agreement.can_be_share_by(request.user):
            raise PermissionDenied
        # Not forbidden, only done, by a colleague or a first click; the verb itself answers a POST.
        if request.method != "POST":
            messages.warning(request, _("It is renewed already: %(other)s.") % {"other": successor.reference})
            return True
    if agreement.status in line.sources:
        return False
    _tell(request, agreement, agreement.too_late(line.verb))
    return True


def _took(request: SignedIn, agreement: Agreement, verb: str, form: StepForm) -> HttpResponse | None:
    """Call the verb and lead on; None when the form must be shown again, with the reason."""
    following = agreement
    try:
        with constraint_messages():
            agreement.check_seen(verb, **form.seen)
            following = getattr(agreement, verb)(by=request.user, **form.arguments) or agreement
    except TransitionError as error:
        _tell(request, agreement, error)
    except ValidationError as error:
        if not _was_done(request, agreement, verb, error, form):
            _refuse(form, error)
            return None
    else:
        _praise(request, agreement, verb)
    # Who sends a text back to its authors may not read it any more.
    if not following.text_visible_to(request.user):
        return redirect(pages.root_of(following))
    return redirect(pages.address(following, "detail"))


def _refuse(form: StepForm, error: ValidationError) -> None:
    """Put what the verb refused on its fields, or on the form as a whole."""
    if isinstance(form, AgreeStep):
        form.show_present_text()
    add_errors(form, error)


def _was_done(
    request: SignedIn, agreement: Agreement, verb: str, error: ValidationError, form: StepForm
) -> bool:
    """Tell whether a refusal means that it was done before, and say by whom and when.

    A signature of somebody who has signed stays in the form, unless it is a second click: another one is chosen.
    """
    codes = {found.code for found in getattr(error, "error_list", ())}
    codes |= {one.code for found in getattr(error, "error_dict", {}).values() for one in found}
    event = agreement.events.filter(verb=verb).select_related("by").order_by("at", "pk").last()
    if event is None or not codes & set(ALREADY):
        return False
    if event.by_id == request.user.pk and timezone.now() - event.at < TWICE:
        _praise(request, agreement, verb)
        return True
    if "signed" in codes:
        return False
    who, at = event.by, event.at
    if verb == "agree":
        party = form.arguments.get("party", "commune")
        who, at = getattr(agreement, f"{party}_agreed_by"), getattr(agreement, f"{party}_agreed_at")
    facts = {"who": who or _("the portal"), "day": short_date(at), "hour": hour(at)}
    done = _("This was done already, by %(who)s, on %(day)s at %(hour)s.") % facts
    messages.warning(request, " ".join([done, *(error.messages if verb == "renew" else ())]))
    return True


def _praise(request: SignedIn, agreement: Agreement, verb: str) -> None:
    """Say that a step was taken."""
    said = DONE[verb]
    if verb == "sign" and agreement.signed_on:
        said = _("All have signed: it is signed.")
    elif verb == "send_back" and not agreement.text_visible_to(request.user):
        said = SENT_BACK
    messages.success(request, str(said))
    if reaches_nobody(agreement, verb, request.user):
        messages.warning(
            request,
            _(
                "Nobody of the commune was told by mail: neither its bourgmestre nor who holds trade has an address. "
                "Call them, and have the address recorded."
            ),
        )


def _tell(request: SignedIn, agreement: Agreement, error: TransitionError) -> None:
    """Say who was first; to a second click of the same person, that the first one did it."""
    if error.is_repeated_by(request.user):
        _praise(request, agreement, error.verb)
    else:
        messages.error(request, str(error))


def _hid_it(request: SignedIn, reference: str, verb: str, number: int | None) -> bool:
    """Tell whether it is the second click of a step that took the text out of the person's sight; say it is done."""
    own = {"by": request.user, "verb": verb, "at__gte": timezone.now() - TWICE}
    if number is None:
        is_twice = ConventionEvent.objects.filter(subject__reference=reference, **own).exists()
    else:
        steps = AmendmentEvent.objects.filter(subject__convention__reference=reference, **own)
        is_twice = steps.filter(subject__number=number).exists()
    if is_twice and request.method == "POST":
        messages.success(request, str(SENT_BACK))
        return True
    return False


def _context(request: SignedIn, agreement: Agreement, line: Transition, form: StepForm) -> dict[str, Any]:
    """Return what the page of a step shows: the question, what is lacking, for agreeing the text unless it was read."""
    found = {
        **pages.head(agreement, request.user),
        "form": form,
        "line": line,
        "lacking": lacking(agreement, line.verb),
        "remarks": [],
        "misses_council": line.verb in ("freeze", "sign") and agreement.council_decided_on is None,
    }
    if line.verb in ("share", "agree", "freeze", "sign"):
        found |= reading.replaced(agreement)
    if line.verb in ("share", "freeze"):
        found["remarks"] = [row.message for row in agreement.findings() if not row.is_blocking]
    if isinstance(form, AgreeStep):
        read = request.GET.get("text", "")
        found["was_changed"] = bool(read) and read != agreement.mark
        if read != agreement.mark or form.is_bound:
            found |= {**reading.text(agreement, request.user), "shows_whole_text": True}
    return found
