"""Counting only as far as a person reads."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import QuerySet

if TYPE_CHECKING:
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
        rows = self.object_list
        return rows[:COUNT_MAX].count() if isinstance(rows, QuerySet) else len(rows[:COUNT_MAX])
