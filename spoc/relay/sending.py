"""The second look at a relay note, as its addressee will read it; then it is sent, once."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from hubportal.access.admin import bound
from hubportal.accounts.requests import SignedIn
from spoc.models import RelayNote
from spoc.models.relay_note import Fallen
from spoc.models.sent_note import Sent
from spoc.relay.forms import SendForm
from spoc.relay.outline import outline
from spoc.relay.pages import about, own_draft, visible_note
from spoc.relay.recipients import holders
from spoc.taking import Said, took


@require_http_methods(["GET", "HEAD", "POST"])
def note_send(request: SignedIn, pk: int) -> HttpResponse:
    """Show what leaves, to whom, and what fell out; on POST, send it, and say what fell out in the last moment."""
    if request.method == "POST" and (again := _was_sent(request, pk)):
        return redirect(again)
    note = own_draft(request, pk)
    if note is None:
        return redirect("spoc:note-detail", pk=pk)
    form = SendForm(bound(request)[0])

    def act() -> Said:
        return told(note, note.send(by=request.user, shown=form.cleaned_data["shown"]))

    if form.is_valid() and took(request, form, act, lambda: told(note, [])):
        return redirect(note)
    whole = outline(note, request.user)
    if not whole["is_ready"]:
        messages.error(request, _("The note cannot be sent yet: mend first what is listed here."))
        return redirect("spoc:note-write", pk=pk)
    sent = note.preview()
    form.read(sent.mark)
    facts: dict[str, Any] = {
        "sent": sent, "form": form, "holders": holders(note), "falling": whole["falling"], "counts": counts(sent),
    }  # fmt: skip
    return render(request, "spoc/relay/note_send.html", {**about(request, note), **facts})


def told(note: RelayNote, fallen: list[Fallen]) -> str:
    """Return what is said once a note is sent: its number, and each concern that fell out with the reason."""
    words = [_("The note was sent as %(reference)s.") % {"reference": note.reference}]
    if fallen:
        words.append(
            ngettext(
                "%(count)s concern was not sent: %(which)s.",
                "%(count)s concerns were not sent: %(which)s.",
                len(fallen),
            )
            % {
                "count": len(fallen),
                "which": "; ".join(f"{row.reference} {row.title} ({row.why})" for row in fallen),
            }
        )
    return " ".join(words)


def counts(sent: Sent) -> dict[str, int]:
    """Return how many concerns leave with the name of their commune and without, and how many communes are named."""
    rows = [concern for item in sent.items for concern in item.concerns]
    named = [concern.commune for concern in rows if concern.commune]
    return {
        "named": len(named),
        "hidden": len(rows) - len(named),
        "communes": len({name.fr for name in named}),
    }


def _was_sent(request: SignedIn, pk: int) -> RelayNote | None:
    """Return a note that is sent already, once its second sender was told by whom and when."""
    note = visible_note(request, pk)
    if not (note.is_sent and note.is_leads(request.user)):
        return None
    error = note.too_late("send")
    if error.is_repeated_by(request.user):
        messages.success(request, told(note, []))
    else:
        messages.error(request, str(error))
    return note
