"""What the pages of relay notes have in common: the note that may be seen, the note that may be written."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from hubportal.accounts.models import AGENCY_ROLES
from hubportal.accounts.requests import SignedIn
from spoc.models import RelayNote
from spoc.relay.nextstep import next_step


def visible_note(request: SignedIn, pk: int) -> RelayNote:
    """Return a note; 404 for those who may not see it."""
    row: RelayNote = get_object_or_404(
        RelayNote.objects.visible_to(request.user).select_related("made_by"), pk=pk
    )
    return row


def own_draft(request: SignedIn, pk: int) -> RelayNote | None:
    """Return a note that the person may write; None, with a word, once it was sent or discarded.

    404 and 403 for the others.
    """
    note = visible_note(request, pk)
    if not note.is_leads(request.user):
        raise PermissionDenied(_("Relay notes are written by leads."))
    if note.can_be_written_by(request.user):
        return note
    facts = {"reference": note.reference}
    words = _("This note was sent as %(reference)s: nothing of it changes any more.") % facts
    messages.error(
        request, words if note.is_sent else _("This draft was discarded: nothing of it changes any more.")
    )
    return None


def of_own_draft(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give a view the note that the person may write; one that was sent meanwhile is shown, with a word."""

    @wraps(view)
    def shown(request: SignedIn, pk: int, **places: int) -> HttpResponse:
        note = own_draft(request, pk)
        return view(request, note, **places) if note else redirect("spoc:note-detail", pk=pk)

    return shown


def about(request: SignedIn, note: RelayNote) -> dict[str, Any]:
    """Return what each of these pages says of its note."""
    user = request.user
    return {
        "note": note,
        "is_agency": user.has_role(*AGENCY_ROLES),
        "is_addressee": note.is_addressee(user),
        "may_write": note.can_be_written_by(user),
        "next": next_step(note, user),
    }
