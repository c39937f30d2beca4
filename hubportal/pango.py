"""The libraries that draw PDFs, which pip cannot install: whether they are here. Standard library only.

Apart from the supervisor, which production leaves out; `hubportal.stack.drawing` installs what is missing.
"""

import ctypes

LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
"""What is loaded, and the Debian package that holds it."""


def missing() -> tuple[str, ...]:
    """Return the Debian packages that drawing still needs here."""
    return tuple(package for library, package in LIBRARIES.items() if not _loads(library))


def why_not() -> str | None:
    """Return the reason, with its remedy, why no PDF can be drawn; None when it can."""
    packages = missing()
    return f"PDFs need: sudo apt-get install -y {' '.join(packages)}" if packages else None


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
