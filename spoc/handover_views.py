"""Handing communes over, for the agency: what is open, a note to the successor, and that they have read it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communes.models import Commune
from hubportal.access.admin import bound
from hubportal.access.constraints import constraint_messages
from hubportal.accounts.models import AGENCY_ROLES
from hubportal.accounts.requests import SignedIn
from hubportal.forms import add_errors
from spoc.handover import coming, notes_of, proposed, served, to_hand_over, what_is_open
from spoc.handover_forms import HandoverForm
from spoc.models import HandoverNote, Side
from spoc.models.parties import acts_for


@require_safe
def handover_list(request: SignedIn) -> HttpResponse:
    """Show the communes that one serves, who takes them over soon, and the notes given and received."""
    _check(request)
    rows = served(request.user)
    communes = [row.commune for row in rows] or list(Commune.objects.visible_to(request.user))
    context = {"rows": rows, "coming": coming(request.user, communes), **notes_of(request.user)}
    return render(request, "spoc/handover_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def handover_commune(request: SignedIn, nis: str) -> HttpResponse:
    """Show what is open in a commune, with the form for who serves it; on POST, hand it over."""
    _check(request)
    user, commune = request.user, get_object_or_404(Commune.objects.visible_to(request.user), pk=nis)
    may = acts_for(user, Side.AGENCY, commune.nis)
    if request.method == "POST" and not may:
        raise PermissionDenied(_("Who serves the commune hands it over, or a lead."))
    next_one = proposed(user, commune)
    form = _form(request, commune, next_one) if may else None
    if form is not None and form.is_valid() and (note := _given(request, commune, form)):
        return redirect(note)
    context = {
        "commune": commune,
        "form": form,
        "next_one": next_one,
        "found": what_is_open(user, commune, user),
        "notes": HandoverNote.objects.visible_to(user)
        .filter(commune=commune)
        .select_related("commune", "giver", "receiver")[:5],
    }
    return render(request, "spoc/handover_commune.html", context)


@require_safe
def handover_note(request: SignedIn, pk: int) -> HttpResponse:
    """Show a note, with what is open in its commune today."""
    note = _note(request, pk)
    context = {
        "note": note,
        "commune": note.commune,
        "may_read": note.read_at is None and note.can_be_read_by(request.user),
        "found": what_is_open(request.user, note.commune, note.giver),
    }
    return render(request, "spoc/handover_note.html", context)


@require_POST
def handover_read(request: SignedIn, pk: int) -> HttpResponse:
    """Note that the successor has read it."""
    note = _note(request, pk)
    note.read(by=request.user)
    messages.success(
        request, _("Thank you: %(name)s sees that you have read it.") % {"name": note.giver.full_name}
    )
    return redirect(note)


# --- Parts ---------------------------------------------------------------------------------------------------------


def _check(request: SignedIn) -> None:
    if not request.user.has_role(*AGENCY_ROLES):
        raise PermissionDenied(_("Hand-overs are read by the agency."))


def _note(request: SignedIn, pk: int) -> HandoverNote:
    rows = HandoverNote.objects.visible_to(request.user).select_related("commune", "giver", "receiver")
    note: HandoverNote = get_object_or_404(rows, pk=pk)
    return note


def _form(request: SignedIn, commune: Commune, next_one: Any) -> HandoverForm:
    rows = to_hand_over(request.user, commune)
    today = timezone.localdate()
    initial: dict[str, Any] = {"starts_on": today}
    if next_one:
        first = max(next_one.starts_on, today)
        initial = {"receiver": next_one.person.pk, "starts_on": first, "ends_on": next_one.ends_on}
    # During an absence the stand-in acts in these without being named; for good, somebody must be.
    if not (next_one and next_one.is_absence):
        initial["requests"] = [row.pk for row in rows if row.assigned_to_id == request.user.pk]
    return HandoverForm(*bound(request), user=request.user, rows=rows, initial=initial)


def _given(request: SignedIn, commune: Commune, form: HandoverForm) -> HandoverNote | None:
    """Hand over what a form holds; None when it must be shown again, with the reason."""
    try:
        with constraint_messages():
            note = HandoverNote.objects.give(by=request.user, commune=commune, **form.cleaned_data)
    except ValidationError as error:
        add_errors(form, error, {"assigned_to": "requests"})
        return None
    messages.success(request, _("Handed over: %(name)s gets a mail.") % {"name": note.receiver.full_name})
    return note
