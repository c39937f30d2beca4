"""Taking a step of a request on the portal, and writing to the other party: each asks, acts on POST, redirects."""

from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from hubportal.access.admin import bound
from hubportal.accounts.requests import SignedIn
from hubportal.workflow import Transition
from spoc.forms import STEP_FORMS
from spoc.models import ServiceRequest
from spoc.nextstep import open_question
from spoc.step_form import StepForm
from spoc.subject import subject
from spoc.taking import Said, done, line_of, told, took, visible_request
from spoc.writing_forms import MessageForm
from spoc.writings import WRITINGS, Writing

ELSEWHERE: Final = frozenset({"submit"})
"""Steps with pages of their own."""


@require_http_methods(["GET", "HEAD", "POST"])
def request_step(request: SignedIn, pk: int, verb: str) -> HttpResponse:
    """Ask whether a step is to be taken, with its form; on POST, take it."""
    row = visible_request(request, pk)
    if verb in ELSEWHERE:
        raise Http404
    line = line_of(row, verb)
    if row.status in line.sources and not getattr(row, line.predicate)(request.user):
        raise PermissionDenied
    form = STEP_FORMS.get(verb, StepForm)(*bound(request), row=row, user=request.user)
    form.verb = verb
    if row.status not in line.sources:
        if told(request, form, row.too_late(verb), lambda: done(row, verb)):
            return redirect(row)
    elif form.is_valid() and _took(request, row, verb, form):
        return redirect(row)
    return _step_page(request, row, form, line)


@require_http_methods(["GET", "HEAD", "POST"])
def request_answer(request: SignedIn, pk: int) -> HttpResponse:
    """Write to the other party, with a file or without; on POST, send it."""
    row = visible_request(request, pk)
    if not row.is_party(request.user):
        raise PermissionDenied
    if not row.can_be_answered_by(request.user):
        messages.error(request, _("Nothing can be written here now: the request is not open."))
        return redirect(row)
    form = MessageForm(*bound(request), row=row, user=request.user)
    if form.is_valid() and _took(request, row, "write", form):
        return redirect(row)
    question = open_question(row) if row.is_requester(request.user) else None
    return render(request, "spoc/request_answer.html", {"row": row, "form": form, "question": question})


@require_http_methods(["GET", "HEAD", "POST"])
def request_deliverable(request: SignedIn, pk: int) -> HttpResponse:
    """Add something to what will be delivered, as whoever is in charge; on POST, keep it."""
    row, writing = visible_request(request, pk), WRITINGS["deliverable"]
    if not row.is_in_charge(request.user):
        raise PermissionDenied
    if not writing.may(row, request.user):
        messages.error(request, _("Nothing can be added now: no work is going on."))
        return redirect(row)
    form = writing.form(*bound(request), row=row, user=request.user)
    if form.is_valid() and _took(request, row, writing.method, form):
        return redirect(row)
    return _step_page(request, row, form, writing)


def _step_page(
    request: SignedIn, row: ServiceRequest, form: StepForm, line: Transition | Writing
) -> HttpResponse:
    context = {"row": row, "form": form, "line": line, "answers_it": row.is_responder(request.user)}
    return render(request, "spoc/request_step.html", context | subject(row, request.user))


def _took(request: SignedIn, row: ServiceRequest, verb: str, form: StepForm) -> bool:
    def act() -> Said:
        getattr(row, verb)(by=request.user, **form.cleaned_data)
        return done(row, verb)

    return took(request, form, act, lambda: done(row, verb))
