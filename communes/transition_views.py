"""Transitions of colleges: the file of a new college, a preview of what changes, applying it and taking it back."""

from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communes.college_csv import COLUMNS, EXAMPLE
from communes.models import CollegeTransition, Commune, Mandate, Portfolio
from communes.transition_forms import CollegeForm
from hubportal.access.admin import bound
from hubportal.accounts.requests import SignedIn
from hubportal.exports import table
from hubportal.workflow import TransitionError

MOST: Final = 100
"""Transitions in the list: five elections of the 19."""
DONE: Final[dict[str, Any]] = {
    "apply": gettext_lazy("It is applied. Until the day before its first day you can take it back."),
    "discard": gettext_lazy("It is discarded: nothing was changed."),
    "take_back": gettext_lazy("It is taken back: everything is as it was."),
}


@require_safe
def transition_list(request: SignedIn) -> HttpResponse:
    """Show what is prepared, applied and taken back."""
    _for_stewards(request)
    rows = CollegeTransition.objects.visible_to(request.user).select_related("commune", "prepared_by")
    return render(request, "communes/transition_list.html", {"rows": rows[:MOST]})


@require_http_methods(["GET", "HEAD", "POST"])
def transition_new(request: SignedIn) -> HttpResponse:
    """Take in the file of a new college; nothing changes before it is applied."""
    _for_stewards(request)
    form = CollegeForm(*bound(request))
    if form.is_valid():
        data = form.cleaned_data
        row = CollegeTransition.prepare(
            by=request.user, commune=data["commune"], starts_on=data["starts_on"], rows=form.rows
        )
        return redirect("communes:transition", row.pk)
    context = {"form": form, "columns": COLUMNS, "codes": Portfolio.choices}
    return render(request, "communes/transition_new.html", context)


@require_safe
def transition_example(request: SignedIn, nis: str) -> HttpResponseBase:
    """Hand out a file to begin with."""
    _for_stewards(request)
    commune = get_object_or_404(Commune.objects.visible_to(request.user), nis=nis)
    return table("csv", f"college-{nis}", COLUMNS, [(commune.nis, *line) for line in EXAMPLE])


@require_safe
def transition_detail(request: SignedIn, pk: int) -> HttpResponse:
    """Show what a transition changes, or what it changed, and its steps."""
    row = _visible(request, pk)
    is_draft = row.status == CollegeTransition.Status.DRAFT
    mandates = Mandate.objects.visible_to(request.user).select_related("user")
    context = {
        "row": row,
        "commune": row.commune,
        "change": row.turnover() if is_draft else None,
        "begun": mandates.filter(pk__in=row.undo["begun"]),
        "ended": mandates.filter(pk__in=[pk for pk, _day in row.undo["ended"]]),
        "newcomers": row.newcomers(),
        "events": row.events.select_related("by").order_by("-at", "-pk"),
        "steps": row.next_steps(request.user),
    }
    return render(request, "communes/transition_detail.html", context)


@require_POST
def transition_step(request: SignedIn, pk: int, verb: str) -> HttpResponse:
    """Take a step, and say what became of it."""
    row = _visible(request, pk)
    if verb not in DONE:
        raise Http404
    seen = {"seen": request.POST.get("seen", "")} if verb == "apply" else {}
    try:
        getattr(row, verb)(by=request.user, **seen)
    except ValidationError as error:
        is_twice = isinstance(error, TransitionError) and error.is_repeated_by(request.user)
        if is_twice:
            messages.success(request, DONE[verb])
        else:
            messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, DONE[verb])
    return redirect("communes:transition", pk)


@require_POST
def transition_invite(request: SignedIn, pk: int) -> HttpResponse:
    """Invite the newcomers now rather than on the first day."""
    number = _visible(request, pk).invite_newcomers(by=request.user)
    words = ngettext("%(number)s person was invited.", "%(number)s people were invited.", number)
    messages.success(request, words % {"number": number} if number else _("Nobody was left to invite."))
    return redirect("communes:transition", pk)


def _for_stewards(request: SignedIn) -> None:
    if not CollegeTransition.can_be_prepared_by(request.user):
        raise PermissionDenied


def _visible(request: SignedIn, pk: int) -> CollegeTransition:
    rows = CollegeTransition.objects.visible_to(request.user).select_related("commune", "prepared_by")
    row: CollegeTransition = get_object_or_404(rows, pk=pk)
    return row
