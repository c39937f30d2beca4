"""The peer of the pages: django-helpdesk, installed into a venv of its own; nothing of it enters the portal's."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from hubportal.stack.layout import ROOT

VERSION: Final = "2.6.1"
PACKAGES: Final = (f"django-helpdesk=={VERSION}", "psycopg2-binary")


def python() -> Path:
    """Return the Python of the peer's venv, made the first time; pip's own configuration says where from."""
    # HUBPORTAL_VAR is a folder that is thrown away: what is installed stays beside the venv of the portal.
    folder = ROOT / "var" / "bench" / f"helpdesk-{VERSION}"
    found = folder / "bin" / "python"
    if not (folder / ".whole").exists():
        print(f"installing django-helpdesk {VERSION} into {folder.relative_to(ROOT)}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([str(found), "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        (folder / ".whole").touch()
    return found


def environment(database: str, folder: Path) -> dict[str, str]:
    """Return the peer's environment: its database, and a folder for what it writes."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("HUBPORTAL_", "DJANGO_"))
    }
    return {**kept, "DATABASE_URL": database, "BENCH_FOLDER": str(folder), "PYTHONWARNINGS": "ignore"}
