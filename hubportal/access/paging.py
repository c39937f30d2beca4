"""Counting only as far as a person reads."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import QuerySet

if TYPE_CHECKING:
    from collections.abc import Iterable

    AnyPaginator = Paginator[Any]
else:
    AnyPaginator = Paginator

COUNT_MAX = 10_000
"""Rows beyond this are not counted: counting a million costs more than the page."""


class CappedPaginator(AnyPaginator):
    """A paginator whose count, and so its last page, stops at COUNT_MAX rows."""

    @cached_property
    def count(self) -> int:
        """Number of rows, or COUNT_MAX when there are more."""
        # Without their order: what is only counted need not be sorted.
        rows = self.object_list
        return rows.order_by()[:COUNT_MAX].count() if isinstance(rows, QuerySet) else len(rows[:COUNT_MAX])


class KeyedPaginator(CappedPaginator):
    """Sorts keys, then reads the rows of one page: for lists whose order no index gives."""

    def _get_page(self, object_list: Any, number: int, paginator: Any) -> Any:
        """Return the page; Django's hook gives its slice, not read yet."""
        if isinstance(object_list, QuerySet) and isinstance(self.object_list, QuerySet):
            keys = list(self._keys(object_list))
            rows = {row.pk: row for row in self.object_list.order_by().filter(pk__in=keys)}
            object_list = [rows[key] for key in keys if key in rows]
        return super()._get_page(object_list, number, paginator)  # type: ignore[misc]  # not in the stubs

    def _keys(self, page: "QuerySet[Any, Any]") -> "Iterable[Any]":
        return page.values_list("pk", flat=True)
