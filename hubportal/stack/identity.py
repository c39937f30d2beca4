"""Who PostgreSQL runs as: it refuses root, and it wants a user that the machine has a name for.

An ordinary user stays who he is. Root, and a number without a name (some containers), are shown to
PostgreSQL as `nobody`: in a user namespace, where the files stay ours; where that is forbidden (Docker's
default profile), root becomes `nobody`, but keeps the right to read root's folders.
"""

import functools
import os
import pwd
import subprocess
from pathlib import Path

from hubportal.stack.console import StackError
from hubportal.stack.layout import NOBODY

# The kernel forgets "die with the parent" when the user changes, so it is asked again afterwards.
_PDEATHSIG = ("--pdeathsig", "INT", "--")
NAMESPACE = (
    "unshare",
    "--user",
    f"--map-user={NOBODY}",
    f"--map-group={NOBODY}",
    "--",
    "setpriv",
    *_PDEATHSIG,
)
AS_NOBODY = (
    *("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"),
    *("--securebits=+no_setuid_fixup", "--inh-caps=+dac_override", "--ambient-caps=+dac_override"),
    *_PDEATHSIG,
)


@functools.cache
def prefix() -> tuple[str, ...]:
    """What to put before a PostgreSQL command; nothing for an ordinary user.

    Raises StackError when this machine allows no way.
    """
    if os.geteuid() != 0 and _has_name(os.geteuid()):
        return ()
    if _works(NAMESPACE):
        return NAMESPACE
    if os.geteuid() != 0:
        raise StackError(
            f"PostgreSQL refuses a user without a name (number {os.geteuid()}): start as a user of this machine"
        )
    if _works(AS_NOBODY):
        return AS_NOBODY
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


def _has_name(number: int) -> bool:
    try:
        pwd.getpwuid(number)
    except KeyError:
        return False
    return True


def _works(command: tuple[str, ...]) -> bool:
    try:
        return subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False
