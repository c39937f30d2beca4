"""The saved views above the list of the desk, and what of an address is kept in one."""

from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from django.contrib.admin.views.main import ORDER_VAR, SEARCH_VAR
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from hubportal.accounts.models import User
from spoc.filters import MineFilter
from spoc.models import SavedView

PASSING: Final = frozenset({"p", "e", "all", "_popup", "_to_field", "_facets"})
"""What an address of the list may hold besides: a page, an error, how it is shown; none of it is kept."""


class Shown(NamedTuple):
    """A saved view above the list: `owner` is empty for one's own."""

    name: str
    address: str
    owner: str
    is_shown: bool


class Shelf(NamedTuple):
    """One's own views, then those that colleagues share; what there is to save, empty when it is there already.

    `edit`: where the view that is shown is renamed or deleted, empty when it is none of one's own.
    """

    views: list[Shown]
    to_save: str
    edit: str
    is_personal: bool
    """Whether what is shown is about whoever reads it: shared, it lists something else to each."""
    shared_by: str
    """Who shares the view that is shown, empty for one's own."""


def normalised(params: QueryDict) -> str:
    """Return what narrows the list down, or orders it, always in the same order."""
    pairs = [(name, value) for name, values in params.lists() for value in values if value]
    return urlencode(sorted(pair for pair in pairs if pair[0] not in PASSING))


def is_known(query: str, list_admin: Any, request: HttpRequest) -> bool:
    """Tell whether an address holds only what the list of the desk knows: its filters, its search, its order."""
    return all(
        "\0" not in value
        and (name in (SEARCH_VAR, ORDER_VAR) or list_admin.lookup_allowed(name, value, request))
        for name, values in QueryDict(query).lists()
        for value in values
    )


def shelf(user: User, params: QueryDict) -> Shelf:
    """Return the saved views of a person, as the list shows them. One query."""
    shown = normalised(params)
    rows = SavedView.objects.visible_to(user).select_related("owner").order_by("name", "pk")
    found = sorted(rows, key=lambda row: row.owner_id != user.pk)
    here = next((row for row in found if row.query == shown), None)
    is_own = here is not None and here.can_be_changed_by(user)
    return Shelf(
        [
            Shown(
                row.name,
                row.address,
                "" if row.owner_id == user.pk else row.owner.full_name,
                row is here,
            )
            for row in found
        ],
        "" if here else shown,
        reverse("admin:spoc_savedview_change", args=[here.pk]) if here and is_own else "",
        bool(params.get(MineFilter.parameter_name)),
        here.owner.full_name if here and here.owner_id != user.pk else "",
    )
