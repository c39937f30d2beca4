"""The pages of conventions: the list of the 19, and one convention in both languages."""

from typing import Any

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from communes.callers import who_to_call
from communes.colleges import colleges
from communes.models import Commune
from communes.models.mandate import communes_of
from conventions import pages, reading
from conventions.current import current
from conventions.life import life
from conventions.models import Amendment, Convention
from conventions.nextstep import next_step, offered
from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.accounts.requests import SignedIn
from hubportal.dashboard.panels import collect


@require_safe
def convention_list(request: SignedIn) -> HttpResponse:
    """Show the conventions of one's own communes, and in which state that of each of the 19 is."""
    user = request.user
    communes = list(Commune.objects.visible_to(user))
    found = current(user, [commune.nis for commune in communes])
    rows = [{"commune": commune, "convention": found.get(commune.nis)} for commune in communes]
    is_agency, own = user.has_role(*AGENCY_ROLES), communes_of(user)
    history = Convention.objects.visible_to(user).binding().filter(commune__in=own)
    context = {
        "rows": rows,
        "in_force": sum(row.is_in_force() for row in found.values()),
        "own": history.select_related("commune", "successor").order_by("commune", "-in_force_from"),
        "is_agency": is_agency,
        "shows_dates": is_agency or bool(own),
    }
    return render(request, "conventions/convention_list.html", context)


@require_safe
def convention_detail(request: SignedIn, reference: str) -> HttpResponse:
    """Show a convention as far as the person may read it: text, dates and state, or the state alone."""
    user = request.user
    convention = pages.visible(request, reference)
    context = {
        **pages.head(convention, user),
        "life": life(convention, timezone.localdate()),
        "is_in_force": convention.is_in_force(),
        "next": next_step(convention, user),
        "panels": collect("convention", user, convention),
    }
    if context["shows_text"]:
        context |= {**_beside(convention, user), **reading.text(convention, user)}
    return render(request, "conventions/convention_detail.html", context)


def _beside(convention: Convention, user: User) -> dict[str, Any]:
    """Return what stands around the text, for those who read it."""
    others = (
        Convention.objects.visible_to(user).filter(commune=convention.commune_id).exclude(pk=convention.pk)
    )
    rows = Amendment.objects.visible_to(user).filter(convention=convention).select_related("convention")
    amendments = list(rows.order_by("number"))
    return {
        **reading.decision(convention, user),
        "steps": offered(convention, user),
        "amendments": amendments,
        "is_amended": any(row.status == "signed" for row in amendments),
        "others": others.select_related("successor").order_by(
            F("in_force_from").desc(nulls_first=True), "pk"
        ),
        "caller": who_to_call(convention.commune),
        "college": colleges([convention.nis])[convention.nis],
    }
