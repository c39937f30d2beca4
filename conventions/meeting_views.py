"""The pages of the steering meetings of a convention: all of them, one, its form, an action that is done."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from conventions import pages
from conventions.following import OPEN_FIRST, overview, sides, usual_people
from conventions.meeting_forms import MeetingForm
from conventions.models import Convention, MeetingAction, Person, SteeringMeeting
from conventions.stale import VersionedForm
from hubportal.access.admin import bound
from hubportal.accounts.requests import SignedIn


@require_safe
def meeting_list(request: SignedIn, reference: str) -> HttpResponse:
    """Show what the committee has to do, its meetings, and the years that are evaluated."""
    convention = pages.root_of(pages.readable(request, reference))
    context = {
        **pages.head(convention, request.user),
        **_about(request, convention),
        **overview(request.user, convention),
    }
    return render(request, "conventions/meeting_list.html", context)


@require_safe
def meeting_detail(request: SignedIn, reference: str, pk: int) -> HttpResponse:
    """Show a meeting: what it asks, its minutes, who was there."""
    meeting = _meeting(request, reference, pk)
    context = {
        **_about(request, meeting.convention),
        "meeting": meeting,
        **_rows(request, meeting),
    }
    return render(request, "conventions/meeting_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_new(request: SignedIn, reference: str) -> HttpResponse:
    """Show an empty form with those who usually sit in the committee; on POST, record the meeting."""
    convention = pages.root_of(pages.readable(request, reference))
    about = _writing(request, convention)
    if not about["is_open"]:
        messages.error(request, _("Meetings and evaluations begin once the agreement is signed."))
        return redirect("conventions:meetings", reference)
    form = MeetingForm(bound(request)[0], initial={}, people=usual_people(convention, request.user))
    if form.is_valid():
        made: list[SteeringMeeting] = []

        def record() -> None:
            made.append(
                SteeringMeeting.objects.record(
                    convention=convention, by=request.user, people=form.people, todo=form.todo, **form.facts
                )
            )

        if form.took(record):
            return _saved(request, made[0])
    return render(request, "conventions/meeting_form.html", {**about, "form": form, "meeting": None})


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_edit(request: SignedIn, reference: str, pk: int) -> HttpResponse:
    """Show a meeting to write in; on POST, save it."""
    meeting = _meeting(request, reference, pk)
    about = _writing(request, meeting.convention)
    kept = [
        Person(row.name, row.party, row.presence, row.user)
        for row in meeting.attendances.select_related("user")
    ]
    initial = {name: getattr(meeting, name) for name in ("version", "held_on", "place", *meeting.TEXTS)}
    people = kept or usual_people(meeting.convention, request.user)
    form = MeetingForm(bound(request)[0], initial=initial, people=people, actions=meeting.actions.all())
    if form.is_valid():
        version = form.cleaned_data["version"] or 0

        def change() -> None:
            meeting.change(by=request.user, version=version, people=form.people, todo=form.todo, **form.facts)

        if form.took(change):
            return _saved(request, meeting)
        # What the form showed may be changed in the object by now: the page names the meeting as it is kept.
        meeting = _meeting(request, reference, pk)
        if form.conflict:
            about["kept"] = _rows(request, meeting)
    return render(request, "conventions/meeting_form.html", {**about, "form": form, "meeting": meeting})


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_remove(request: SignedIn, reference: str, pk: int) -> HttpResponse:
    """Ask whether a meeting without minutes is to be taken off the list; on POST, do it."""
    if pages.is_gone(request, SteeringMeeting, pk):
        # It is what was wanted.
        _writing(request, pages.root_of(pages.readable(request, reference)))
        messages.success(request, _("The meeting is taken off the list."))
        return redirect("conventions:meetings", reference)
    meeting = _meeting(request, reference, pk)
    about = _writing(request, meeting.convention)
    form = VersionedForm(bound(request)[0], initial={"version": meeting.version})
    if form.is_valid():
        version = form.cleaned_data["version"] or 0
        if form.took(lambda: meeting.remove(by=request.user, version=version)):
            messages.success(request, _("The meeting is taken off the list."))
            return redirect("conventions:meetings", reference)
    elif not meeting.can_be_dropped:
        messages.error(request, _("This meeting has minutes: it is kept."))
        return redirect("conventions:meeting", reference, pk)
    return render(request, "conventions/meeting_remove.html", {**about, "form": form, "meeting": meeting})


@require_POST
def action_mark(request: SignedIn, reference: str, pk: int) -> HttpResponse:
    """Say that an action is done, or not done after all; go back to the page of the button."""
    convention = pages.root_of(pages.readable(request, reference))
    rows = MeetingAction.objects.visible_to(request.user).filter(meeting__convention=convention)
    action = get_object_or_404(rows.select_related("meeting__convention"), pk=pk)
    if request.POST.get("done") == "no":
        action.reopen(by=request.user)
        messages.success(request, _("Open again: %(what)s") % {"what": action.what})
    else:
        # A second click finds it done: that is what was wanted.
        action.settle(by=request.user)
        messages.success(request, _("Done: %(what)s") % {"what": action.what})
    if request.POST.get("back") == "list":
        return redirect("conventions:meetings", reference)
    return redirect("conventions:meeting", reference, action.meeting_id)


def _meeting(request: SignedIn, reference: str, pk: int) -> SteeringMeeting:
    convention = pages.root_of(pages.readable(request, reference))
    rows = SteeringMeeting.objects.visible_to(request.user).filter(convention=convention)
    meeting: SteeringMeeting = get_object_or_404(rows, pk=pk)
    # The one that was read for the page: no second query for it.
    meeting.convention = convention
    return meeting


def _rows(request: SignedIn, meeting: SteeringMeeting) -> dict[str, Any]:
    """Return what a meeting asks for, what is open first, and who was there."""
    actions = MeetingAction.objects.visible_to(request.user).filter(meeting=meeting)
    return {"actions": list(actions.order_by(*OPEN_FIRST)), "sides": sides(request.user, meeting)}


def _about(request: SignedIn, convention: Convention) -> dict[str, Any]:
    """Return what each of these pages says of its convention."""
    may_record = SteeringMeeting.can_be_recorded_by(convention, request.user)
    return {
        "convention": convention,
        "commune": convention.commune,
        "is_open": convention.is_binding,
        "may_record": may_record and convention.is_binding,
        "may_settle": convention.is_binding and SteeringMeeting.can_be_settled_by(convention, request.user),
    }


def _writing(request: SignedIn, convention: Convention) -> dict[str, Any]:
    """Return the same for a form; PermissionDenied for who records nothing."""
    if not SteeringMeeting.can_be_recorded_by(convention, request.user):
        raise PermissionDenied(_("You may read this, but you do not record it."))
    return _about(request, convention)


def _saved(request: SignedIn, meeting: SteeringMeeting) -> HttpResponse:
    messages.success(request, _("The meeting is saved."))
    page = "conventions:meeting-edit" if request.POST.get("then") == "more" else "conventions:meeting"
    return redirect(page, meeting.convention.reference, meeting.pk)
