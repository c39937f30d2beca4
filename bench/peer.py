"""The peers, each installed into a venv of its own; nothing of them enters the portal's."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

from hubportal.stack.layout import ROOT


@dataclass(frozen=True)
class Peer:
    """A package that does something that the portal does, too."""

    package: str
    version: str

    def python(self) -> Path:
        """Return the Python of its venv, made the first time; pip's own configuration says where from."""
        # HUBPORTAL_VAR is a folder that is thrown away: what is installed stays beside the venv of the portal.
        folder = ROOT / "var" / "bench" / f"{self.package.removeprefix('django-')}-{self.version}"
        found = folder / "bin" / "python"
        if not (folder / ".whole").exists():
            print(f"installing {self.package} {self.version} into {folder.relative_to(ROOT)}", flush=True)
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
            # On the same Django as the portal: the package is compared, not what it stands on.
            packages = (f"{self.package}=={self.version}", f"django=={version('django')}", "psycopg2-binary")
            subprocess.run([str(found), "-m", "pip", "install", "--quiet", *packages], check=True)
            (folder / ".whole").touch()
        return found


HELPDESK: Final = Peer("django-helpdesk", "2.6.1")
POST_OFFICE: Final = Peer("django-post-office", "3.12.0")


def environment(database: str, folder: Path) -> Mapping[str, str]:
    """Return a peer's environment: its database, and a folder for what it writes."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("HUBPORTAL_", "DJANGO_"))
    }
    return {**kept, "DATABASE_URL": database, "BENCH_FOLDER": str(folder), "PYTHONWARNINGS": "ignore"}
