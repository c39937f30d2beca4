"""The databases of a test run that others are copied from, which takes a tenth of the time of making one:
`MIGRATED` has its tables and nothing else, `SHOWN` is what `./run` prepares, with its private and its static files.

The first process of a run begins them, beside the collecting of the tests; who needs one waits for it.
"""

import os
import shutil
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psycopg2

MIGRATED: Final = "migrated"
SHOWN: Final = "shown"
_VAR: Final = Path(os.environ["HUBPORTAL_VAR"])
_LOG: Final = _VAR / "template.log"
_PREPARED: Final = _VAR / "shown"
_PATIENCE: Final = 600
"""Seconds."""


def address(name: str) -> str:
    """Return the address of a database beside the tests' own."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    # urlunsplit would drop the empty host of a socket's address.
    return f"postgres://{parts.netloc}/{name}?{parts.query}"


def begin() -> subprocess.Popen[bytes]:
    """Start making them."""
    with _LOG.open("wb") as log:
        return subprocess.Popen([sys.executable, "-m", "tests.template"], stdout=log, stderr=log)


def await_it(name: str) -> None:
    """Return once it is there; AssertionError with what was said when it does not come."""
    end = time.monotonic() + _PATIENCE
    while not _told("SELECT FROM pg_database WHERE datname = %s", name):
        assert time.monotonic() < end, _LOG.read_text()
        time.sleep(0.1)


def copy_shown(name: str, files: Path, static: Path | None = None) -> str:
    """Copy the demonstration, and its private and static files into folders; return the address of the copy."""
    await_it(SHOWN)
    _told(f"CREATE DATABASE {name} TEMPLATE {SHOWN}")
    shutil.copytree(_PREPARED / "files", files, dirs_exist_ok=True)
    if static is not None:
        shutil.copytree(_PREPARED / "static", static)
    return address(name)


def main() -> int:
    """Make them, each under another name until it is whole."""
    _told("CREATE DATABASE migrating")
    if code := _python("migrating", "manage.py", "migrate", "-v", "0"):
        return code
    _told(f"ALTER DATABASE migrating RENAME TO {MIGRATED}")
    _told(f"CREATE DATABASE showing TEMPLATE {MIGRATED}")
    if code := _python("showing", "-m", "hubportal.stack.prepare"):
        return code
    _told(f"ALTER DATABASE showing RENAME TO {SHOWN}")
    return 0


def _python(database: str, *arguments: str) -> int:
    own = {"DATABASE_URL": address(database), "HUBPORTAL_VAR": str(_PREPARED)}
    env = os.environ | own | {"HUBPORTAL_FILES": str(_PREPARED / "files")}
    return subprocess.run([sys.executable, *arguments], env=env, check=False).returncode


def _told(statement: str, *values: str) -> bool:
    """Run a statement; tell whether it found a row."""
    with closing(psycopg2.connect(os.environ["DATABASE_URL"])) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.description is not None and cursor.fetchone() is not None


if __name__ == "__main__":
    sys.exit(main())
