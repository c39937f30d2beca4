"""Taking a step of a concern, and writing to it: each page asks, acts on POST, leads back."""

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from hubportal.access.admin import bound
from hubportal.accounts.requests import SignedIn
from hubportal.keys import key_in
from hubportal.workflow import Transition
from spoc.beginnings import form_for
from spoc.concerns.acting_forms import CONCERN_FORMS, ConcernForm
from spoc.concerns.nextstep import open_question
from spoc.concerns.views import visible_concern
from spoc.concerns.writings import WRITINGS
from spoc.models import Concern, ConcernFile
from spoc.taking import Said, line_of, told, took
from spoc.writings import Writing

DONE: Final[dict[str, Any]] = {
    "qualify": _("Qualified: it may be put into a relay note, or answered."),
    "requalify": _("Qualified again: it may be put into a relay note, or answered."),
    "join_group": _("The concern is in the group."),
    "leave_group": _("The concern is in no group any more."),
    "answer_locally": _("The commune was answered."),
    "decline_relay": _("The commune was told why it is not relayed."),
    "answer": _("The answer was passed on to the commune."),
    "close": _("Thank you: the concern is closed."),
    "settle": _("The concern is closed: an answer that was published before settles it."),
    "reopen": _("The concern is open again; your SPOC was told."),
    "withdraw": _("The concern was withdrawn."),
}
"""What is said after a step."""
TAKES: Final[Mapping[str, str]] = {"answer_locally": "source", "settle": "answer"}
"""Steps that take a published answer: the field in which one chooses it."""


@require_http_methods(["GET", "HEAD", "POST"])
def concern_step(request: SignedIn, pk: int, verb: str) -> HttpResponse:
    """Ask whether a step is to be taken, with its form; on POST, take it."""
    row = visible_concern(request, pk)
    line = line_of(row, verb)
    # Whose step it never is, is not told that somebody was first.
    if not getattr(row, line.predicate)(request.user):
        raise PermissionDenied
    is_late = row.status not in line.sources
    form = _form(request, row, verb, is_late)
    if is_late:
        if told(request, form, row.too_late(verb), lambda: DONE[verb]):
            return redirect(row)
    elif form.is_valid() and _took(request, row, form, verb, DONE[verb]):
        return redirect(row)
    return _page(request, row, form, line)


@require_http_methods(["GET", "HEAD", "POST"])
def concern_write(request: SignedIn, pk: int, what: str) -> HttpResponse:
    """Write to the other party, ask it, leave a note, or choose who reads it; on POST, keep it."""
    row = visible_concern(request, pk)
    if what not in WRITINGS:
        raise Http404
    writing = WRITINGS[what]
    if not writing.may(row, request.user):
        if not row.is_open and row.is_party(request.user):
            messages.error(request, _("Nothing can be written here now: the concern is not open."))
            return redirect(row)
        raise PermissionDenied
    form = writing.form(*bound(request), row=row, user=request.user)
    if form.is_valid() and _took(request, row, form, writing.method, writing.done):
        return redirect(row)
    return _page(request, row, form, writing)


def _took(request: SignedIn, row: Concern, form: Any, method: str, done: Said) -> bool:
    def act() -> Said:
        getattr(row, method)(by=request.user, **form.cleaned_data)
        return done

    return took(request, form, act, lambda: done)


def _form(request: SignedIn, row: Concern, verb: str, is_late: bool) -> ConcernForm:
    """Return the form of a step; what comes too late begins nothing, and is only shown with the words in it."""
    form = CONCERN_FORMS.get(verb, ConcernForm)
    if is_late:
        found = form(*bound(request), row=row, user=request.user)
    else:
        found = form_for(request, form, row, _begun(request, row, verb))
    found.verb = verb
    return found


def _begun(request: SignedIn, row: Concern, verb: str) -> dict[str, Any]:
    """Return what a form begins with: the published answer that was chosen on the page before."""
    name = TAKES.get(verb, "")
    key = key_in(request.GET.get(name, ""))
    chosen = row.known_answers(request.user).filter(pk=key).first() if key is not None else None
    return {name: chosen.pk, "text": chosen.text_in(row.language)} if chosen else {}


def _page(request: SignedIn, row: Concern, form: Any, line: Transition | Writing) -> HttpResponse:
    verb = getattr(line, "verb", "")
    context = {
        "row": row,
        "form": form,
        "line": line,
        "verb": verb,
        "files": ConcernFile.objects.visible_to(request.user).filter(concern=row, message=None),
        "question": open_question(row) if row.is_party(request.user) else None,
    }
    return render(request, "spoc/concerns/concern_step.html", context)
