"""Debian packages: installed when root and apt are there, else named in one exact line."""

import os
import shutil

from hubportal.stack.process import Program
from hubportal.stack.supervisor import Supervisor


def can_install() -> bool:
    """True for root on a machine with apt-get."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def line(*packages: str) -> str:
    """The command that a person with rights would type."""
    return f"sudo apt-get install -y {' '.join(packages)}"


def install(supervisor: Supervisor, *packages: str) -> bool:
    """Install; the package lists are fetched first only when that is needed. Returns whether it worked."""
    command = ("apt-get", "install", "-y", "--no-install-recommends", *packages)
    return _run(supervisor, command) or (
        _run(supervisor, ("apt-get", "update")) and _run(supervisor, command)
    )


def _run(supervisor: Supervisor, command: tuple[str, ...]) -> bool:
    env = dict(os.environ) | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    # No hurry while stopping: a package manager that is killed leaves a broken system.
    return supervisor.call(Program("apt", command, env, grace=120)).popen.returncode == 0
