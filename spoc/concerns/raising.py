"""Raising a concern: one page, then what resembles it, where an answer that is there already may settle it."""

from typing import Final, NamedTuple

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from communes.callers import who_to_call
from communes.closures import holiday_today
from communes.context import communes_for, current
from hubportal.access.admin import bound
from hubportal.accounts.models import User
from hubportal.accounts.requests import SignedIn
from spoc.concerns.raising_forms import RaiseForm
from spoc.models import Answer, Concern, ConcernAnswer
from spoc.submitting import to_call
from spoc.taking import Said, took

SHOWN: Final = 5
"""As many concerns, and answers, that resemble one."""


class Similar(NamedTuple):
    """What resembles a concern, as far as a person may read it: published answers; concerns, each with its answer."""

    answers: list[Answer]
    concerns: list[tuple[Concern, ConcernAnswer | None]]

    @property
    def is_empty(self) -> bool:
        """Whether nothing resembles it."""
        return not (self.answers or self.concerns)


@require_http_methods(["GET", "HEAD", "POST"])
def concern_new(request: SignedIn) -> HttpResponse:
    """Ask what is the matter; on POST, raise the concern and show what resembles it."""
    user = request.user
    if not Concern.objects.all().may_be_raised_by(user):
        raise PermissionDenied(_("A concern is raised by the people of a commune."))
    own = communes_for(user)
    here = current(request, own)
    form = RaiseForm(*bound(request), communes=[item.commune for item in own], current=here, user=user)
    made: list[Concern] = []

    def act() -> Said:
        made.append(Concern.objects.raise_one(by=user, **form.cleaned_data))
        return _receipt(made[0])

    if form.is_valid() and took(request, form, act):
        return redirect("spoc:concern-similar", pk=made[0].pk)
    context = {"form": form, "commune": here, "holiday": holiday_today()}
    caller = who_to_call(here) if here else None
    return render(request, "spoc/concerns/concern_new.html", {**context, "caller": caller})


@require_safe
def concern_similar(request: SignedIn, pk: int) -> HttpResponse:
    """Show what resembles a concern just raised, or lead to its page when nothing does; for its commune."""
    row = get_object_or_404(Concern.objects.visible_to(request.user).with_turns(), pk=pk)
    if not row.is_raisers(request.user):
        raise PermissionDenied
    found = similar(row, request.user)
    may_settle = any(step.verb == "settle" for step in row.next_steps(request.user))
    if found.is_empty or not may_settle:
        return redirect(row)
    return render(request, "spoc/concerns/concern_similar.html", {"row": row, "similar": found})


def similar(row: Concern, user: User) -> Similar:
    """Return what resembles a concern, as far as a person may read it: six queries at most."""
    others = Concern.objects.visible_to(user).exclude(pk=row.pk).counted()
    concerns = list(others.with_turns().similar_to(row.words, row.theme_id)[:SHOWN])
    told: dict[int, ConcernAnswer] = {}
    answers = ConcernAnswer.objects.visible_to(user).filter(concern__in=concerns)
    for answer in answers.order_by("told_at", "pk"):
        told[answer.concern_id] = answer
    known = list(row.answers_like_it(user)[:SHOWN])
    sources = {answer.source_id for answer in told.values()} - {answer.pk for answer in known}
    known += row.known_answers(user).filter(pk__in=sources - {None})
    return Similar(known, [(concern, told.get(concern.pk)) for concern in concerns])


def _receipt(row: Concern) -> str:
    text = _("Your concern has arrived: its reference is %(reference)s. A mail confirms it.")
    return to_call(text % {"reference": row.reference}, who_to_call(row.commune))
