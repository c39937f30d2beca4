"""The page of one convention, in both languages."""

from typing import Any

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from communes.callers import who_to_call
from communes.colleges import colleges
from conventions import pages, reading
from conventions.life import life
from conventions.models import Amendment, Convention
from conventions.nextstep import next_step, offered
from hubportal.accounts.models import User
from hubportal.accounts.requests import SignedIn
from hubportal.dashboard.panels import collect


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
    elif convention.status == "draft":
        context["remark"] = (
            convention.events.filter(verb="send_back").select_related("by").order_by("at").last()
        )
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
        "may_amend": convention.is_amendable
        and not convention.is_over
        and convention.can_be_amended_by(user),
        "may_annex": convention.status == "signed" and convention.can_be_edited_by(user),
        "is_amended": any(row.status == "signed" for row in amendments),
        "others": others.select_related("successor").order_by(
            F("in_force_from").desc(nulls_first=True), "pk"
        ),
        "caller": who_to_call(convention.commune),
        "college": colleges([convention.nis])[convention.nis],
    }
