"""Pages of lists whose order begins with groups: one's own rows before those of others."""

from itertools import product, takewhile
from typing import TYPE_CHECKING, Any

from django.db.models import Case, F, OrderBy, QuerySet, Value

from hubportal.access.paging import KeyedPaginator

if TYPE_CHECKING:
    from collections.abc import Iterable


class GroupedPaginator(KeyedPaginator):
    """For an order that begins with groups, each a CASE of one condition: reads the first rows of each by an index.

    The database sees no index behind such an order and would sort all rows; of one group it need not.
    """

    def _keys(self, page: "QuerySet[Any, Any]") -> "Iterable[Any]":
        """Return the keys of a page; its order is read from the queryset."""
        order = list(page.query.order_by)
        conditions = [case.condition for case in takewhile(bool, map(_case, order))]
        if not conditions:
            return super()._keys(page)
        low, high = page.query.low_mark, page.query.high_mark
        rows: Any = page.all()
        rows.query.clear_limits()
        rest = _as_expressions(order[len(conditions) :])
        columns = {f"sort_{place}": part.expression for place, part in enumerate(rest)}
        parts = [
            rows.filter(*group).annotate(group=Value(number), **columns).order_by(*rest)
            .values_list("pk", "group", *columns)[:high]
            for number, group in enumerate(product(*((each, ~each) for each in conditions)))
        ]  # fmt: skip
        found = parts[0].union(*parts[1:], all=True).order_by("group", *map(_by, columns, rest))
        return [key for key, *_ in found[low:high]]


def _case(part: Any) -> Any:
    """Return the WHEN of an order by one condition, those that meet it first; None of any other."""
    case = part.expression if isinstance(part, OrderBy) and not part.descending else None
    return case.cases[0] if isinstance(case, Case) and len(case.cases) == 1 else None


def _as_expressions(order: "list[Any]") -> list[OrderBy]:
    """Return an order up to the key: the admin adds what was there before, and the key again."""
    found = []
    for part in order:
        found.append(
            part if isinstance(part, OrderBy) else OrderBy(F(part.lstrip("-")), part.startswith("-"))
        )
        if part in ("pk", "-pk"):
            break
    return found


def _by(column: str, part: OrderBy) -> OrderBy:
    """Return the order by a column that holds what another order is by."""
    return OrderBy(F(column), part.descending, part.nulls_first, part.nulls_last)
