"""Writing a relay note: to whom, its items, the concerns in them. Each page keeps one thing; leads only."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hubportal.access.admin import bound
from hubportal.accounts.requests import SignedIn
from spoc import deadlines
from spoc.models import ConcernFile, RelayNote
from spoc.relay.forms import FactsForm, ItemForm, NewForm, PartForm, Written
from spoc.relay.offered import offered
from spoc.relay.outline import outline
from spoc.relay.pages import about, of_own_draft
from spoc.taking import Said, saved, took


@require_http_methods(["GET", "HEAD", "POST"])
def note_new(request: SignedIn) -> HttpResponse:
    """Ask to whom a note goes and by when an answer is needed; on POST, begin it."""
    if not RelayNote.objects.all().may_be_begun_by(request.user):
        raise PermissionDenied(_("Relay notes are written by leads."))
    initial = {"due_on": deadlines.note_due_on(timezone.localdate())}
    form, made = NewForm(bound(request)[0], initial=initial), list[RelayNote]()

    def act() -> Said:
        made.append(RelayNote.objects.begin(by=request.user, **form.cleaned_data))
        return _("The note is begun: add what it is about.")

    if form.is_valid() and took(request, form, act):
        return redirect("spoc:note-write", pk=made[0].pk)
    return render(request, "spoc/relay/note_new.html", {"form": form})


@require_safe
@of_own_draft
def note_write(request: SignedIn, note: RelayNote) -> HttpResponse:
    """Show a note as it is being written, and what is to mend before it can be sent."""
    # It is sent from the second look.
    steps = [step for step in note.next_steps(request.user) if step.verb != "send"]
    context = {**about(request, note), **outline(note, request.user), "steps": steps}
    return render(request, "spoc/relay/note_write.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@of_own_draft
def note_facts(request: SignedIn, note: RelayNote) -> HttpResponse:
    """Write addressee, day and introduction."""
    form = FactsForm(bound(request)[0], instance=note)

    def act() -> Said:
        note.change(by=request.user, **form.cleaned_data)
        return saved()

    return _page(request, note, form, act, {"title": _("Addressee, day and introduction")})


@require_http_methods(["GET", "HEAD", "POST"])
@of_own_draft
def note_item(request: SignedIn, note: RelayNote, item: int) -> HttpResponse:
    """Write title and summary of an item, in French and Dutch side by side, with its concerns beside them."""
    row = get_object_or_404(note.items(request.user).select_related("theme"), pk=item)
    form = ItemForm(bound(request)[0], instance=row)

    def act() -> Said:
        note.write_item(by=request.user, item=row, **form.cleaned_data)
        return saved()

    parts = note.parts(request.user).filter(item=row).with_concerns().in_order()
    return _page(request, note, form, act, {"title": _("Title and summary"), "item": row, "parts": parts})


@require_http_methods(["GET", "HEAD", "POST"])
@of_own_draft
def note_part(request: SignedIn, note: RelayNote, part: int) -> HttpResponse:
    """Write a confidential concern in words that do not tell whose it is; a shared one is only read."""
    row = get_object_or_404(note.parts(request.user).with_concerns(), pk=part)
    if not row.concern.is_confidential:
        messages.error(request, _("This concern is shared: it leaves in the commune's own words."))
        return redirect("spoc:note-write", pk=note.pk)
    form = PartForm(bound(request)[0], instance=row)

    def act() -> Said:
        note.reword(by=request.user, part=row, **form.cleaned_data)
        return saved()

    files = ConcernFile.objects.visible_to(request.user).said().filter(concern=row.concern)
    context = {"title": _("Without what tells whose it is"), "part": row, "files": files}
    return _page(request, note, form, act, context)


@require_http_methods(["GET", "HEAD", "POST"])
@of_own_draft
def note_add(request: SignedIn, note: RelayNote) -> HttpResponse:
    """Show the groups and concerns that can be relayed; on POST, take up those that are ticked."""
    found = offered(note, request.user, request.GET, bound(request)[0])

    @transaction.atomic
    def act() -> Said:
        ticked = found.form.cleaned_data
        for group in ticked["groups"]:
            note.add_group(by=request.user, group=group)
        for concern in ticked["concerns"]:
            note.add_concern(by=request.user, concern=concern, item=ticked["item"])
        return _("Added. Write a summary of each item, in French and in Dutch.")

    if found.form.is_valid() and took(request, found.form, act):
        return redirect("spoc:note-write", pk=note.pk)
    return render(
        request, "spoc/relay/note_add.html", {**about(request, note), "found": found, "form": found.form}
    )


@require_POST
@of_own_draft
def note_item_remove(request: SignedIn, note: RelayNote, item: int) -> HttpResponse:
    """Take an item out again; a second click reads that it is gone, too."""
    row = note.items(request.user).filter(pk=item).first()
    return _removed(
        request,
        note,
        _("The item is out of the note; its concerns stay qualified."),
        lambda: row and note.remove_item(by=request.user, item=row),
    )


@require_POST
@of_own_draft
def note_part_remove(request: SignedIn, note: RelayNote, part: int) -> HttpResponse:
    """Take a concern out again; a second click reads that it is gone, too."""
    row = note.parts(request.user).filter(pk=part).first()
    return _removed(
        request,
        note,
        _("The concern is out of the note; it stays qualified."),
        lambda: row and note.remove_part(by=request.user, part=row),
    )


def _removed(request: SignedIn, note: RelayNote, said: str, act: Callable[[], Any]) -> HttpResponse:
    """Take something out and say so, or say that the note left a moment ago."""
    try:
        act()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, said)
    return redirect("spoc:note-write", pk=note.pk)


def _page(
    request: SignedIn, note: RelayNote, form: Written, act: Callable[[], Said], context: dict[str, Any]
) -> HttpResponse:
    """Show a form of a note, or keep it and go back to the whole."""
    back = reverse("spoc:note-write", args=[note.pk])
    if form.is_valid() and took(request, form, act):
        return redirect(back)
    if form.has_error(NON_FIELD_ERRORS, "stale"):
        form.compare()
    facts = {**about(request, note), **context, "form": form, "back": back, "kept": _kept(form)}
    return render(request, "spoc/relay/note_part_form.html", facts)


def _kept(form: Written) -> list[tuple[Any, str, Any]]:
    """Return what stands in the note now, field by field, where another lead changed it meanwhile."""
    if not form.is_stale:
        return []
    return [
        (form[name].label, name[-2:] if name[-3:-2] == "_" else "", value)
        for name, value in form.kept.items()
    ]
