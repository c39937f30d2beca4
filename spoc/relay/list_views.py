"""The list of relay notes, and the same as a table for a spreadsheet: nothing in it leads to a concern."""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.accounts.requests import SignedIn
from hubportal.exports import Format
from hubportal.look.states import tables
from spoc.listing import Sheet, exported, page_after, pager, place_in
from spoc.models import RelayNote
from spoc.models.parties import reads_notes
from spoc.relay.filters import NoteFilter
from spoc.relay.listing import line

SHEET: Final = Sheet(
    "spoc:note-list", "relay notes", gettext_lazy("Relay notes"),
    (
        gettext_lazy("Reference"), gettext_lazy("Addressee"), gettext_lazy("State"), gettext_lazy("Subjects"),
        gettext_lazy("Concerns"), gettext_lazy("Sent on"), pgettext_lazy("deadline", "Due"),
        gettext_lazy("Receipt acknowledged on"), gettext_lazy("Answered on"), gettext_lazy("Closed on"),
    ),
)  # fmt: skip


@require_safe
def note_list(request: SignedIn) -> HttpResponse:
    """Show the notes that a person may see, the newest first: one page of them."""
    asked = _asked(request)
    after = place_in(request)
    found, following = (
        page_after(asked.qs.with_subjects(), after, begun="made_at") if asked.is_valid() else ([], "")
    )
    context = {
        "lines": [line(note, request.user) for note in found],
        "is_agency": request.user.has_role(*AGENCY_ROLES),
        "may_begin": RelayNote.objects.all().may_be_begun_by(request.user),
        **pager(request, after, following),
        "form": asked.form,
        "is_asked": asked.is_asked,
    }
    return render(request, "spoc/relay/note_list.html", context)


@require_safe
def note_export(request: SignedIn, form: Format) -> HttpResponseBase:
    """Hand out what the list shows, as CSV or XLSX; what cannot be looked for is said on the list."""
    cells = partial(_cells, user=request.user)
    return exported(request, form, _asked(request), SHEET, _in_order, cells)


def _asked(request: SignedIn) -> Any:
    """Return what is looked for among the notes that a person may see; PermissionDenied for who reads none."""
    user = request.user
    if not reads_notes(user):
        raise PermissionDenied(_("Relay notes are read by the agency, the cabinet and the task force."))
    rows = RelayNote.objects.visible_to(user)
    return NoteFilter(request.GET, queryset=rows, has_drafts=user.has_role(*AGENCY_ROLES))


def _in_order(rows: Any) -> Any:
    return rows.with_subjects().newest_first()


def _cells(rows: Iterator[RelayNote], user: User) -> Iterator[tuple[Any, ...]]:
    states = tables()["note"]
    for note in rows:
        own = line(note, user)
        yield (
            note.reference, capfirst(note.addressee_title), str(states[note.status].label),
            " · ".join(str(title) for title in own.subjects), own.concerns, note.sent_at, note.due_on,
            note.acknowledged_at, note.answered_at, note.closed_at,
        )  # fmt: skip
