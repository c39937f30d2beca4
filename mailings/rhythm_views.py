"""The weekly rhythm: what leaves in the next weeks, and its form for editors and leads."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from hubportal.access.admin import bound
from hubportal.access.constraints import constraint_messages
from hubportal.accounts.requests import SignedIn
from hubportal.forms import add_errors
from mailings import turning
from mailings.models import Schedule
from mailings.pages import READERS_OF_DRAFTS
from mailings.rhythm_forms import RhythmForm
from mailings.rhythm_showing import shown


@require_safe
def rhythm(request: SignedIn) -> HttpResponse:
    """Show each rhythm with its next weeks, to those who write, approve and follow editions."""
    if not request.user.has_role(*READERS_OF_DRAFTS):
        raise PermissionDenied(_("This page is for those who write and approve the mailing."))
    context = {
        "rhythms": [
            shown(row, request.user) for row in Schedule.objects.visible_to(request.user).order_by("pk")
        ],
        "may_change": Schedule.can_be_changed_by(request.user),
    }
    return render(request, "mailings/rhythm.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def rhythm_edit(request: SignedIn, pk: int | None = None) -> HttpResponse:
    """Ask what a rhythm is, a new one without a key; on POST, keep it and plan its next week."""
    if not Schedule.can_be_changed_by(request.user):
        raise PermissionDenied
    row = get_object_or_404(Schedule.objects.visible_to(request.user), pk=pk) if pk else Schedule()
    form = RhythmForm(*bound(request)[:1], instance=row)
    if request.method == "POST" and form.is_valid() and _kept(request, form):
        messages.success(request, _("Saved: the next weeks follow it."))
        return redirect("mailings:rhythm")
    return render(request, "mailings/rhythm_edit.html", {"form": form, "schedule": row})


def _kept(request: SignedIn, form: RhythmForm) -> bool:
    """Keep what was typed; False when the database refuses it: the reason is in the form then."""
    try:
        with constraint_messages():
            turning.save(form.save(commit=False), request.user, form.cleaned_data["writers"])
    except ValidationError as error:
        add_errors(form, error)
        return False
    return True
