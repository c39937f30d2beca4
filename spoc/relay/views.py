"""A relay note on the portal: as it was sent with its answers, on paper, its way, its source documents."""

from io import BytesIO
from typing import Any

from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.requests import SignedIn
from hubportal.files.download import download
from hubportal.pdf import why_not
from hubportal.pdf.later import later
from spoc.models import NoteDocument, NoteReading, RelayNote, SentNote
from spoc.models.sent_note import Sent
from spoc.relay import printed
from spoc.relay.answered import answered, answers_in
from spoc.relay.outline import outline
from spoc.relay.pages import about, visible_note
from spoc.relay.timeline import timeline
from spoc.relay.way import way


@require_safe
def note_detail(request: SignedIn, pk: int) -> HttpResponse:
    """Show a note as it was sent, with its answers and one's next step; to the agency, a draft as it would leave."""
    note = visible_note(request, pk)
    if not note.is_sent:
        return _draft(request, note) if note.can_leave else _dropped(request, note)
    user, sent = request.user, _sent(request, note)
    NoteReading.objects.note(note, user)
    items, may_complete = answered(note, sent, user), note.is_answerable_by(user)
    context = {
        "sent": sent,
        "items": items,
        "to_complete": [answer for answer in answers_in(items) if answer.is_to_complete]
        if may_complete
        else [],
        "to_publish": note.is_leads(user) and any(answer.is_to_publish for answer in answers_in(items)),
        "may_complete": may_complete,
        "steps": [step for step in note.next_steps(user) if step.verb != "answer"],
        "may_answer": any(step.verb == "answer" for step in note.next_steps(user)),
        **_followed(request, note),
    }
    return render(request, "spoc/relay/note_detail.html", {**about(request, note), **context})


@require_safe
def note_way(request: SignedIn, pk: int) -> HttpResponse:
    """Show the whole way of a note that was sent, as far as the reader may see it; 404 for one being written."""
    note = visible_note(request, pk)
    sent = _sent(request, note)
    context = {
        "sent": sent,
        "legs": way(note, sent, request.user),
        "fallen": note.parts(request.user).exclude(fell_out="").with_concerns().in_order(),
        **_followed(request, note),
    }
    return render(request, "spoc/relay/note_way.html", {**about(request, note), **context})


@require_safe
def note_pdf(request: SignedIn, pk: int) -> HttpResponseBase:
    """Hand out a note that was sent on paper, in French and in Dutch; 404 for those who may not see it."""
    note = visible_note(request, pk)
    sent = _sent(request, note)
    if missing := why_not():
        return later(request, str(note), missing=missing)
    content = BytesIO(printed.rendered(sent))
    journal(Kind.EXPORTED, request.user, note, what="relay note", format="pdf")
    return download(content, f"{note.reference}.pdf", "application/pdf")


@require_safe
def note_file(request: SignedIn, pk: int) -> FileResponse:
    """Hand out a source document; 404 for those who may not see its note."""
    row = get_object_or_404(NoteDocument.objects.visible_to(request.user), pk=pk)
    return download(row.file, row.name, row.content_type)


def _sent(request: SignedIn, note: RelayNote) -> Sent:
    if not note.is_sent:
        raise Http404
    return SentNote.objects.visible_to(request.user).get(note=note).sent


def _draft(request: SignedIn, note: RelayNote) -> HttpResponse:
    """Show to the agency what a note would say if it left now."""
    try:
        sent: Sent | None = note.preview()
    except ValidationError:
        # It has no due date yet.
        sent = None
    context = {**about(request, note), "sent": sent, "falling": outline(note, request.user)["falling"]}
    return render(request, "spoc/relay/note_preview.html", context)


def _dropped(request: SignedIn, note: RelayNote) -> HttpResponse:
    """Show to the agency what a draft that was discarded held."""
    steps = {"timeline": timeline(note, request.user)}
    return render(
        request, "spoc/relay/note_dropped.html", about(request, note) | outline(note, request.user) | steps
    )


def _followed(request: SignedIn, note: RelayNote) -> dict[str, Any]:
    """Return the steps of a note, and who of the addressee has opened it."""
    readings = NoteReading.objects.visible_to(request.user).filter(note=note)
    return {
        "timeline": timeline(note, request.user),
        "readings": readings.select_related("user").order_by("first_at", "pk"),
    }
