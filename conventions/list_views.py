"""The list of conventions: one's own and those of the 19 today, or what one looks for."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from communes.models import Commune
from conventions.current import current
from conventions.filters import OPEN, ConventionFilter, Reader, reader
from conventions.listing import ORDER, page_after, place
from conventions.models import Convention
from conventions.todo import Line, lines
from hubportal.accounts.models import User
from hubportal.accounts.requests import SignedIn

SHOWN = 10


@require_safe
def convention_list(request: SignedIn) -> HttpResponse:
    """Show the agreements of one's own communes, those not signed yet, and the state of each of the 19.

    With a filter, show what it finds, page by page; a filter that cannot be is answered at its field.
    """
    user = request.user
    reads, communes = reader(user), list(Commune.objects.visible_to(user))
    found = ConventionFilter(request.GET, user=user, reader=reads, communes=communes)
    context: dict[str, Any] = {
        "form": found.form,
        "is_agency": reads.is_agency,
        "shows_dates": reads.shows_dates,
    }
    context |= {"own": [], "open": [], "is_asked": found.is_asked}
    if not found.is_asked:
        context |= {**_today(user, communes), **_mine(user, reads)}
    elif not found.is_valid():
        context["face"] = "refused"
    elif found.is_of_today:
        context |= _today(user, communes, found)
    else:
        context |= _found(request, found)
    return render(request, "conventions/convention_list.html", context)


def _found(request: SignedIn, asked: ConventionFilter) -> dict[str, Any]:
    """Return a page of what is looked for."""
    try:
        after = place(request.GET.get("after", ""))
    except ValueError:
        raise Http404 from None
    rows, following = page_after(asked.qs, after)
    address = request.GET.copy()
    address.pop("after", None)
    first = address.urlencode()
    address["after"] = following
    return {
        "face": "found",
        "lines": lines(rows, request.user),
        "is_first": after is None,
        "first": first,
        "following": address.urlencode() if following else "",
    }


def _today(user: User, communes: list[Commune], asked: ConventionFilter | None = None) -> dict[str, Any]:
    """Return the row of each commune, or of those that are looked for: which convention speaks for it today."""
    found = current(user, [commune.nis for commune in communes])
    rows = [_row(commune, found.get(commune.nis)) for commune in communes]
    return {
        "face": "today",
        "in_force": sum(row["is_in_force"] for row in rows),
        "rows": [row for row in rows if asked is None or asked.keeps(row["commune"], row["state"])],
    }


def _row(commune: Commune, convention: Convention | None) -> dict[str, Any]:
    return {
        "commune": commune,
        "convention": convention,
        "state": convention.state if convention else "none",
        "is_in_force": convention is not None and convention.is_in_force(),
    }


def _mine(user: User, reads: Reader) -> dict[str, Any]:
    """Return those of one's own communes, and for the agency those that nobody signed yet."""
    rows = Convention.objects.visible_to(user).select_related("commune", "successor")
    found: dict[str, Any] = {}
    if reads.own:
        found["own"] = lines(rows.filter(commune__in=reads.own).order_by(*ORDER), user)
    if reads.is_agency:
        unsigned: list[Line] = lines(rows.open().order_by(*ORDER)[: SHOWN + 1], user)
        found |= {"open": unsigned[:SHOWN], "more": f"state={OPEN}" if len(unsigned) > SHOWN else ""}
    return found
