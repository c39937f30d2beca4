"""What becomes of a relay note: acknowledged, answered item by item or concern by concern, closed; discarded unsent."""

from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from hubportal.access.admin import bound
from hubportal.accounts.requests import SignedIn
from hubportal.look.dates import short_date
from hubportal.workflow import Transition
from spoc.models import RelayNote, SentNote
from spoc.models.sent_note import SentConcern, SentItem
from spoc.relay.forms import STEP_FORMS, AnswerForm, StepForm
from spoc.relay.pages import about, visible_note
from spoc.taking import Said, line_of, told, took

LEADS_ONLY: Final[dict[str, Any]] = {
    "close": _("Relay notes are closed by leads."),
    "drop": _("Relay notes are written by leads."),
}
"""What others read who would take these steps."""


DONE: Final[dict[str, Any]] = {
    "acknowledge": _("It is noted that the note arrived. The answer is awaited by %(day)s."),
    "close": _("The note is closed: no answer is awaited any more. What was answered stays here to be read."),
    "drop": _("The draft is discarded. Its concerns stay qualified: another note can take them up."),
}
"""What is said after a step."""


@require_http_methods(["GET", "HEAD", "POST"])
def note_step(request: SignedIn, pk: int, verb: str) -> HttpResponse:
    """Ask whether a step is to be taken, with its form; on POST, take it."""
    note = visible_note(request, pk)
    if verb not in STEP_FORMS:
        raise Http404
    line = line_of(note, verb)
    _refuse_others(request, note, line)
    form = STEP_FORMS[verb](*bound(request), row=note, is_recorded=not note.is_addressee(request.user))
    if note.status not in line.sources:
        if told(request, form, note.too_late(verb), lambda: done(note, verb)):
            return redirect(note)
    elif form.is_valid() and took(
        request, form, lambda: _take(request, note, verb, form), lambda: done(note, verb)
    ):
        return redirect(note)
    return render(request, "spoc/relay/note_step.html", {**about(request, note), "form": form, "line": line})


@require_http_methods(["GET", "HEAD", "POST"])
def note_answer(request: SignedIn, pk: int, item: int, part: int | None = None) -> HttpResponse:
    """Write the answer to an item, or to one concern of it; on POST, keep it. 404 for a place of another note."""
    note = visible_note(request, pk)
    place, concern = _asked(request, note, item, part)
    line = line_of(note, "answer")
    _refuse_others(request, note, line)
    is_recorded = not note.is_addressee(request.user)
    form = AnswerForm(*bound(request), row=note, is_recorded=is_recorded)

    def act() -> Said:
        note.answer(by=request.user, item=item, part=part, **form.cleaned_data)
        if note.is_leads(request.user):
            return _("The answer is kept. Publish it once it is written in French and in Dutch.")
        return _("The answer is kept. A lead publishes it once it is written in French and in Dutch.")

    if note.status not in line.sources:
        if told(request, form, note.too_late("answer")):
            return redirect(note)
    elif form.is_valid() and took(request, form, act):
        return redirect(f"{note.get_absolute_url()}#item-{item}")
    facts = {"form": form, "item": place, "concern": concern, "is_recorded": is_recorded}
    return render(request, "spoc/relay/note_answer.html", {**about(request, note), **facts})


def done(note: RelayNote, verb: str) -> str:
    """Return what is said once a step is taken: what is so now, and what follows."""
    return str(DONE[verb]) % {"day": short_date(note.due_on) if note.due_on else ""}


def _take(request: SignedIn, note: RelayNote, verb: str, form: StepForm) -> Said:
    found = getattr(note, verb)(by=request.user, **form.cleaned_data)
    if verb == "close" and found:
        words = ngettext(
            "The note is closed. %(count)s concern without an answer goes back to its SPOC.",
            "The note is closed. %(count)s concerns without an answer go back to their SPOC.",
            found,
        )
        return words % {"count": found}
    return done(note, verb)


def _refuse_others(request: SignedIn, note: RelayNote, line: Transition) -> None:
    """Say to who may read a note, but not take its step, whose step it is."""
    if getattr(note, line.predicate)(request.user):
        return
    if line.verb in LEADS_ONLY:
        raise PermissionDenied(str(LEADS_ONLY[line.verb]))
    facts = {"who": capfirst(note.addressee_title)}
    words = _("%(who)s answers this note today, or the agency with its document: it is not yours to answer.")
    raise PermissionDenied(words % facts)


def _asked(
    request: SignedIn, note: RelayNote, item: int, part: int | None
) -> tuple[SentItem, SentConcern | None]:
    """Return the item, and the concern in it, by their numbers in the note; 404 for others."""
    if not note.is_sent:
        raise Http404
    sent = SentNote.objects.visible_to(request.user).get(note=note).sent
    place = next((row for row in sent.items if row.number == item), None)
    if place is None:
        raise Http404
    concern = next((row for row in place.concerns if row.number == part), None)
    if part is not None and concern is None:
        raise Http404
    return place, concern
