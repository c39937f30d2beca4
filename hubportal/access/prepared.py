"""Questions that every request asks, about its person: put into SQL once, asked with each one's values."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from django.db import connection, models

_Row = tuple[Any, ...]


class Prepared:
    """Values that a query finds, for other values than those it was made with.

    The ORM takes ten times as long to make SQL as the database to answer it. `build` gets a stand-in for each value;
    it returns rows as `values_list`, and decides nothing by what it gets.
    """

    def __init__(self, build: Callable[..., "models.QuerySet[Any, Any]"], *stand_ins: Any) -> None:
        self._build, self._stand_ins = build, stand_ins

    def __call__(self, *values: Any) -> Sequence[_Row]:
        """Ask it."""
        sql, places = self._made
        with connection.cursor() as cursor:
            cursor.execute(sql, [value if place is None else values[place] for place, value in places])
            found: Sequence[_Row] = cursor.fetchall()
        return found

    @cached_property
    def _made(self) -> tuple[str, list[tuple[int | None, Any]]]:
        """Return the SQL, and for each of its parameters which value it is, or else the constant.

        Raises ValueError when a value is not among them: the answer would be the stand-in's.
        """
        sql, parameters = self._build(*self._stand_ins).query.sql_with_params()
        places = [(self._place_of(found), found) for found in parameters]
        if {place for place, _ in places} - {None} != set(range(len(self._stand_ins))):
            raise ValueError(f"a value that is asked with is not in the question: {sql}")
        return sql, places

    def _place_of(self, found: Any) -> int | None:
        same = (
            place
            for place, value in enumerate(self._stand_ins)
            if type(found) is type(value) and found == value
        )
        return next(same, None)
