"""PostgreSQL refuses to run as root, so root shows it another user.

First choice: a user namespace (the files stay root's). Where that is forbidden (Docker's default
profile): become `nobody`, but keep the right to read root's folders.
"""

import functools
import os
import subprocess
from pathlib import Path

from hubportal.stack.console import StackError
from hubportal.stack.layout import NOBODY

# The kernel forgets "die with the parent" when the user changes, so it is asked again afterwards.
_PDEATHSIG = ("setpriv", "--pdeathsig", "INT", "--")
NAMESPACE = ("unshare", "--user", "--map-user=1000", "--map-group=1000", "--", *_PDEATHSIG)
AS_NOBODY = (
    "setpriv",
    f"--reuid={NOBODY}",
    f"--regid={NOBODY}",
    "--clear-groups",
    "--securebits=+no_setuid_fixup",
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
    "--pdeathsig",
    "INT",
    "--",
)


@functools.cache
def prefix() -> tuple[str, ...]:
    """What to put before a PostgreSQL command; nothing for an ordinary user.

    Raises StackError when this machine allows root neither way.
    """
    if os.geteuid() != 0:
        return ()
    for candidate in (NAMESPACE, AS_NOBODY):
        if _works(candidate):
            return candidate
    raise StackError("PostgreSQL refuses to run as root on this machine: start as an ordinary user")


def hand_over(folder: Path) -> None:
    """Give a folder to the user that PostgreSQL will see itself as (for root only)."""
    if os.geteuid() != 0:
        return
    owner = NOBODY if prefix() == AS_NOBODY else 0
    if folder.stat().st_uid == owner:
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, owner, owner, follow_symlinks=False)


def _works(command: tuple[str, ...]) -> bool:
    try:
        return subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False
