"""Statements that the database plans once for each connection: to plan a mark takes as long as to run it.

They live as long as their connection, so no pool may hand connections out by transaction (docs/deploy.md).
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final
from weakref import WeakKeyDictionary

from django.db import connection

_KNOWN: Final[WeakKeyDictionary[Any, set[str]]] = WeakKeyDictionary()


def fetch_one(title: str, sql: str, parameters: Sequence[Any]) -> tuple[Any, ...] | None:
    """Run a statement whose every `%s` is a value, as if it were executed anew; return its first row.

    `title`: under which the database lists it among what runs.
    """
    name = f"{title[:40]}_{sha256(sql.encode()).hexdigest()[:16]}"
    with connection.cursor() as cursor:
        known = _KNOWN.setdefault(connection.connection, set())
        if name not in known:
            first, *rest = sql.split("%s")
            numbered = first + "".join(f"${number}{text}" for number, text in enumerate(rest, 1))
            cursor.execute(f"PREPARE {name} AS {numbered}")
            known.add(name)
        marks = ", ".join(["%s"] * len(parameters))
        cursor.execute(f"EXECUTE {name} ({marks})", parameters)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row
