"""What a request wrote into the database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import connection

BESIDE: Final = ("accounts_journalentry", "accounts_session", '"cache"', "django_content_type")
"""Tables in which any request may write: that somebody was refused, that a session is used, what limits count."""


@contextmanager
def writes() -> Iterator[list[str]]:
    """Collect the statements that change a row of any other table."""
    found: list[str] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        is_write = str(sql).lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))
        if is_write and not any(table in sql for table in BESIDE):
            found.append(str(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found
