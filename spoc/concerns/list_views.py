"""The list of concerns, and the same as a table for a spreadsheet."""

from collections.abc import Iterator
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from communes.models.spoc import communes_served_by
from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.accounts.requests import SignedIn
from hubportal.exports import Format
from hubportal.look.states import tables
from spoc.concerns.list_filter import ConcernFilter
from spoc.concerns.nextstep import lines
from spoc.listing import Place, Sheet, exported, page_after, pager, place_in
from spoc.models import CONCERN_OPEN, Concern, Side, Urgency
from spoc.models.concern_queryset import awaiting_us
from spoc.models.parties import reads_requests

SHEET: Final = Sheet(
    "spoc:concern-list", "concerns", gettext_lazy("Concerns"),
    (
        gettext_lazy("Reference"), gettext_lazy("Commune"), gettext_lazy("Raised on"), gettext_lazy("Title"),
        gettext_lazy("Question or problem"), pgettext_lazy("concern", "Theme"), gettext_lazy("Urgency"),
        gettext_lazy("State"), gettext_lazy("The other communes may read it"), gettext_lazy("Group"),
        gettext_lazy("Qualified on"),
        gettext_lazy("Last relayed on"), gettext_lazy("Answered on"), gettext_lazy("Closed on"),
        gettext_lazy("Why it is not relayed"),
    ),
)  # fmt: skip


@require_safe
def concern_list(request: SignedIn) -> HttpResponse:
    """Show the concerns that a person may see: what waits for them, the urgent first, what goes on, what ended."""
    found = _asked(request)
    after = place_in(request)
    side = Side.AGENCY if request.user.has_role(*AGENCY_ROLES) else Side.COMMUNE
    # What cannot be looked for is said at its field, and nothing is shown as if it were found.
    rows, following = page(found.qs, after, request.user) if found.is_valid() else ([], "")
    context = {
        "lines": lines(rows, request.user),
        "is_agency": side == Side.AGENCY,
        "is_serving": bool(communes_served_by(request.user)),
        "may_raise": Concern.objects.all().may_be_raised_by(request.user),
        "form": found.form,
        "is_asked": found.is_asked,
        **pager(request, after, following),
    }
    return render(request, "spoc/concerns/concern_list.html", context)


@require_safe
def concern_export(request: SignedIn, form: Format) -> HttpResponseBase:
    """Hand out what the list shows, as CSV or XLSX; what cannot be looked for is said on the list."""
    return exported(request, form, _asked(request), SHEET, _in_order, _cells)


def page(rows: Any, after: Place | None, user: User) -> tuple[list[Concern], str]:
    """Return a page of concerns read `with_turns`, as a person reads them, and where the next one begins: one query."""
    ours, is_open, is_urgent = awaiting_us(user), Q(status__in=CONCERN_OPEN), Q(urgency=Urgency.URGENT)
    parts = (ours & is_urgent, ours & ~is_urgent, is_open & ~ours, ~is_open)
    return page_after(rows, after, parts, "raised_at")


def _asked(request: SignedIn) -> Any:
    """Return what is looked for among the concerns that a person may see; PermissionDenied for who reads none."""
    if not reads_requests(request.user):
        raise PermissionDenied(_("Concerns are read by the communes and the agency."))
    rows = Concern.objects.visible_to(request.user).with_turns()
    is_agency = request.user.has_role(*AGENCY_ROLES)
    return ConcernFilter(request.GET, user=request.user, queryset=rows, is_agency=is_agency)


def _in_order(rows: Any) -> Any:
    return rows.select_related("group").newest_first()


def _cells(rows: Iterator[Concern]) -> Iterator[tuple[Any, ...]]:
    states = tables()["concern"]
    for row in rows:
        yield (
            row.reference, row.commune.name, row.raised_at, row.title, row.text, row.theme.title,
            capfirst(row.get_urgency_display()), str(states[row.status].label),
            _("yes") if row.is_shareable else _("no"), row.group.title if row.group else "", row.qualified_at,
            row.relayed_at, row.answered_at, row.closed_at, row.not_relayed_reason,
        )  # fmt: skip
