"""The libraries that draw PDFs: Pango and HarfBuzz, which pip cannot install."""

import ctypes

from hubportal.stack import apt
from hubportal.stack.supervisor import Supervisor

LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
"""What is loaded, and the Debian package that holds it."""


def missing() -> tuple[str, ...]:
    """The Debian packages that drawing still needs here."""
    return tuple(package for library, package in LIBRARIES.items() if not _loads(library))


def why_not() -> str | None:
    """The reason, with its remedy, why no PDF can be drawn; None when it can."""
    packages = missing()
    return f"PDFs need: {apt.line(*packages)}" if packages else None


def provide(supervisor: Supervisor) -> None:
    """Install what is missing when root and apt are there; otherwise say the line. The portal runs without."""
    packages = missing()
    if packages and apt.can_install():
        supervisor.console.say(f"installing {' and '.join(packages)} for the PDFs…")
        apt.install(supervisor, *packages)
    reason = why_not()
    if reason:
        supervisor.console.say(reason)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
