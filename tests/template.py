"""The migrated database of a test run, which the others are copied from: a copy takes a tenth of the time.

The first process of a run begins it, beside the collecting of the tests; who needs a database waits for it.
"""

import os
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psycopg2

NAME: Final = "migrated"
_LOG: Final = Path(os.environ["HUBPORTAL_VAR"]) / "template.log"
_PATIENCE: Final = 120
"""Seconds."""


def address(name: str) -> str:
    """Return the address of a database beside the tests' own."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    # urlunsplit would drop the empty host of a socket's address.
    return f"postgres://{parts.netloc}/{name}?{parts.query}"


def begin() -> subprocess.Popen[bytes]:
    """Start making it."""
    with _LOG.open("wb") as log:
        return subprocess.Popen([sys.executable, "-m", "tests.template"], stdout=log, stderr=log)


def await_it() -> None:
    """Return once it is there; AssertionError with what was said when it does not come."""
    end = time.monotonic() + _PATIENCE
    while not _told("SELECT FROM pg_database WHERE datname = %s", NAME):
        assert time.monotonic() < end, _LOG.read_text()
        time.sleep(0.1)


def copy(name: str) -> str:
    """Copy it; return the address of the copy."""
    await_it()
    _told(f"CREATE DATABASE {name} TEMPLATE {NAME}")
    return address(name)


def main() -> int:
    """Make it, under another name until it is whole."""
    _told("CREATE DATABASE migrating")
    env = os.environ | {"DATABASE_URL": address("migrating")}
    done = subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], env=env, check=False)
    if done.returncode == 0:
        _told(f"ALTER DATABASE migrating RENAME TO {NAME}")
    return done.returncode


def _told(statement: str, *values: str) -> bool:
    """Run a statement; tell whether it found a row."""
    with closing(psycopg2.connect(os.environ["DATABASE_URL"])) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.description is not None and cursor.fetchone() is not None


if __name__ == "__main__":
    sys.exit(main())
