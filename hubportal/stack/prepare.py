"""Brings the database, the demo data and the static files up to date, in one process.

`./run` calls it before the portal starts. Lines that begin with "demo " are shown to the person; the
command `load_demo` may write some.
"""

import hashlib
import sys
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import OperationalError


def main() -> int:
    """Do it all; returns the exit code, after one clear line for what a person can put right."""
    try:
        django.setup()
        call_command("migrate", interactive=False, verbosity=0)
        call_command("load_communes")
        call_command("load_library")
        if settings.DEMO:
            call_command("load_demo")
        collect_static()
    except ImproperlyConfigured as error:
        print(f"a setting is wrong: {error}")
        return 1
    except OperationalError as error:
        print(f"the database cannot be used: {error}")
        return 1
    except CommandError as error:
        print(error)
        return 1
    return 0


def collect_static() -> None:
    """Collect and compress the static files, unless they are those of the last time."""
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    now = fingerprint()
    if stamp.exists() and stamp.read_text() == now:
        return
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(now)


def fingerprint() -> str:
    """What the static files are now: names, sizes and times of change of all sources."""
    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
