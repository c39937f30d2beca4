"""The list of requests on the portal, and the same as a table for a spreadsheet."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from communes.context import communes_for, current
from communes.models import Commune
from communes.models.mandate import communes_of
from conventions.models import ConventionTheme
from hubportal.accounts.models import AGENCY_ROLES
from hubportal.accounts.requests import SignedIn
from hubportal.exports import Format
from hubportal.look.states import tables
from spoc.list_filter import RequestFilter
from spoc.listing import Sheet, exported, groups, page_after, pager, place_in
from spoc.models import ServiceRequest, Side
from spoc.models.parties import communes_asked_by
from spoc.nextstep import lines
from spoc.use import theme_of

SHEET: Final = Sheet(
    "spoc:request-list", "requests", gettext_lazy("Requests"),
    (
        gettext_lazy("Reference"), gettext_lazy("Commune"), gettext_lazy("Direction"), gettext_lazy("Service"),
        gettext_lazy("Title"), gettext_lazy("State"), gettext_lazy("Outcome"), gettext_lazy("Submitted on"),
        pgettext_lazy("deadline", "Due"), gettext_lazy("First answered on"), gettext_lazy("Delivered on"),
        gettext_lazy("Closed on"), gettext_lazy("Person in charge"), gettext_lazy("Theme of the convention"),
        gettext_lazy("Why outside the convention"),
    ),
)  # fmt: skip


class Asked(NamedTuple):
    """What is looked for, by a reader of the agency or of a commune."""

    filter: Any
    is_agency: bool
    commune: Commune | None
    theme: ConventionTheme | None


@require_safe
def request_list(request: SignedIn) -> HttpResponse:
    """Show the requests of the commune one acts for, or of all to the agency: what goes on first."""
    asked = _asked(request)
    after = place_in(request)
    # What cannot be looked for is said at its field, and nothing is shown as if it were found.
    side = Side.AGENCY if asked.is_agency else Side.COMMUNE
    found, following = (
        page_after(asked.filter.qs, after, groups(side)) if asked.filter.is_valid() else ([], "")
    )
    context = {
        "lines": lines(found, request.user),
        "commune": asked.commune,
        "is_agency": asked.is_agency,
        "may_ask": bool(asked.commune) or bool(asked.is_agency and communes_asked_by(request.user)),
        **pager(request, after, following),
        "form": asked.filter.form,
        "is_asked": asked.filter.is_asked or asked.theme is not None,
        "theme": asked.theme,
    }
    return render(request, "spoc/request_list.html", context)


@require_safe
def request_export(request: SignedIn, form: Format) -> HttpResponseBase:
    """Hand out what the list shows, as CSV or XLSX; what cannot be looked for is said on the list."""
    return exported(request, form, _asked(request).filter, SHEET, _in_order, _cells)


def _asked(request: SignedIn) -> Asked:
    """Return what is looked for among the requests that a person may see; PermissionDenied for who reads none."""
    user = request.user
    is_agency = user.has_role(*AGENCY_ROLES)
    if not (is_agency or communes_of(user)):
        raise PermissionDenied(_("Requests are read by the communes and the agency."))
    theme = theme_of(user, request.GET)
    commune = None if is_agency or theme else current(request, communes_for(user))
    rows = ServiceRequest.objects.visible_to(user).with_people()
    if theme:
        rows = rows.filter(convention_theme=theme)
    if commune:
        rows = rows.filter(commune=commune)
    found = RequestFilter(request.GET, user=user, queryset=rows, is_agency=is_agency)
    return Asked(found, is_agency, commune, theme)


def _in_order(rows: Any) -> Any:
    return rows.select_related("commune", "assigned_to", "convention_theme__theme").order_by(
        "-created_at", "-pk"
    )


def _cells(rows: Iterator[ServiceRequest]) -> Iterator[tuple[Any, ...]]:
    states = tables()["request"]
    for row in rows:
        yield (
            row.reference, row.commune.name, capfirst(row.get_direction_display()), row.get_kind_display(), row.title,
            str(states[row.status].label), capfirst(row.get_outcome_display()), row.submitted_at, row.due_on,
            row.answered_at, row.delivered_at, row.closed_at, row.assigned_to.full_name if row.assigned_to else "",
            row.convention_theme.theme.name if row.convention_theme else "", row.outside_reason,
        )  # fmt: skip
