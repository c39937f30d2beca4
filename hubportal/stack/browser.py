"""The browser that the tests drive."""

import ctypes
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from hubportal.stack import apt
from hubportal.stack.supervisor import Supervisor

# The same Chromium without windows, which takes a third less of the processor's time, is a package of its own.
# libatomic1: for the driver of Playwright.
PACKAGES = ("chromium-headless-shell", "libatomic1")


def find(env: Mapping[str, str]) -> str | None:
    """The browser's path: PORTAL_CHROMIUM, else `chromium-headless-shell` or `chromium` in PATH, else None."""
    named = env.get("PORTAL_CHROMIUM")
    if named:
        return named if os.access(named, os.X_OK) and Path(named).is_file() else None
    path = env.get("PATH")
    return shutil.which(PACKAGES[0], path=path) or shutil.which("chromium", path=path)


def missing(env: Mapping[str, str]) -> tuple[str, ...]:
    """The Debian packages that browser tests still need here."""
    needed = () if find(env) else PACKAGES[:1]
    return needed if _has_libatomic() else (*needed, PACKAGES[1])


def why_not(env: Mapping[str, str]) -> str | None:
    """The reason, with its remedy, why browser tests cannot run; None when they can."""
    named = env.get("PORTAL_CHROMIUM")
    if named and not find(env):
        return f"PORTAL_CHROMIUM={named} is no program"
    packages = missing(env)
    return f"browser tests need: {apt.line(*packages)}" if packages else None


def provide(supervisor: Supervisor, env: Mapping[str, str]) -> None:
    """Install what is missing when root and apt are there; otherwise the tests say why they skip."""
    packages = missing(env)
    if packages and not env.get("PORTAL_CHROMIUM") and apt.can_install():
        supervisor.console.say(f"installing {' and '.join(packages)} for the browser tests…")
        apt.install(supervisor, *packages)


def _has_libatomic() -> bool:
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        return False
    return True
