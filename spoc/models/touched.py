"""How many communes a subject touches, for one reader: so that no confidential concern can be guessed.

A reader of a commune knows their own concerns and those that are shared. Of the communes whose concerns are all
confidential to them they learn a multiple of three, rounded down, and none of their inhabitants. So nothing below
three is counted; between two looks the figure moves by three at once, never by the one commune that came; and no
sum of inhabitants can be taken apart, since every commune in it is one the reader may name (docs/decisions/0020).
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import Q

from communes.models.mandate import communes_of
from hubportal.accounts.models import AGENCY_ROLES, User
from spoc.models.concern_choices import FEWEST


class Touched(NamedTuple):
    """How many communes, and inhabitants of them; `is_exact`: neither is a "at least"."""

    communes: int
    inhabitants: int
    is_exact: bool


NOBODY = Touched(0, 0, is_exact=True)


def touched(rows: Any, user: User, key: str) -> Mapping[Any, Touched]:
    """Return how far each value of a column of concerns reaches, as one reader may know it: one query.

    `rows` are concerns, not cut down to those visible: what may be counted of the others is decided here.
    Cabinet and task force learn nothing here; a note tells them.
    """
    is_agency, own = user.has_role(*AGENCY_ROLES), communes_of(user)
    if not is_agency and not own:
        return {}
    found = rows.order_by().values_list(key, "commune", "commune__population")
    parts: dict[Any, list[tuple[str, int, bool]]] = {}
    for value, nis, people, is_shared in found.annotate(is_shared=BoolOr(Q(is_shareable=True))):
        parts.setdefault(value, []).append((nis, people, is_agency or is_shared or nis in own))
    return {value: _for_reader(communes, is_agency) for value, communes in parts.items()}


def _for_reader(communes: Iterable[tuple[str, int, bool]], is_agency: bool) -> Touched:
    known = [people for _, people, is_known in communes if is_known]
    hidden = sum(not is_known for _, _, is_known in communes)
    # The agency knows them all. To others it is never said whether anybody is left out.
    return Touched(len(known) + hidden // FEWEST * FEWEST, sum(known), is_exact=is_agency)
