"""Where the stack keeps its files."""

import hashlib
import os
import shutil
import socket
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hubportal.stack.console import StackError

ROOT = Path(__file__).resolve().parent.parent.parent
SOCKET_FOLDER_MAX = 80  # a Unix socket's path has at most 107 bytes, and names are added to the folder
NOBODY = 65534
MEGABYTES_MIN = 50


@dataclass(frozen=True)
class Layout:
    """The folders of one stack: `var` of `./run`, or a temporary folder of `./test`.

    `run` holds the sockets; it is `var/run` where that works.
    """

    var: Path
    run: Path

    @classmethod
    def create(cls, var: Path) -> "Layout":
        """Make the folders. Raises StackError with the reason when the disk or the rights do not allow it."""
        try:
            var.mkdir(parents=True, exist_ok=True)
            for name in ("log", "files"):
                (var / name).mkdir(exist_ok=True)
                _refuse_foreign(var / name)
            run = _socket_folder(var)
        except OSError as error:
            raise StackError(
                f"cannot write to {var}: {error.strerror}. Free some space, correct its owner,"
                " or choose another folder with HUBPORTAL_VAR=/some/folder"
            ) from error
        free = shutil.disk_usage(var).free // 1_000_000
        if free < MEGABYTES_MIN:
            raise StackError(f"only {free} MB free in {var}: make room for at least {MEGABYTES_MIN} MB")
        return cls(var, run)

    @property
    def log(self) -> Path:
        return self.var / "log"

    @property
    def postgres(self) -> Path:
        return self.var / "pgdata"

    @property
    def valkey(self) -> Path:
        return self.var / "valkey"

    @property
    def mailbox(self) -> Path:
        return self.var / "mailbox"

    @property
    def files(self) -> Path:
        return self.var / "files"

    @property
    def faults(self) -> Path:
        return self.var / "sink-faults.json"


def chosen_var(env: Mapping[str, str]) -> Path:
    """The folder named by HUBPORTAL_VAR, else `var` beside manage.py; always absolute."""
    return (ROOT / (env.get("HUBPORTAL_VAR") or "var")).absolute()


def _socket_folder(var: Path) -> Path:
    """`var/run`, or a short folder when that path is too long or its file system takes no sockets."""
    digest = hashlib.sha256(os.fsencode(var)).hexdigest()[:12]
    short_name = f"hubportal-{os.geteuid()}-{digest}"
    short = [Path(parent) / short_name for parent in (tempfile.gettempdir(), "/tmp")]  # noqa: S108 (owner is checked)
    for folder in (var / "run", *short):
        if len(os.fsencode(folder)) > SOCKET_FOLDER_MAX:
            continue
        folder.mkdir(mode=0o700, exist_ok=True)
        _refuse_foreign(folder)
        if _takes_sockets(folder):
            return folder
    raise StackError(f"no folder for sockets: neither {var} nor /tmp takes any")


def _takes_sockets(folder: Path) -> bool:
    """False on the shared folders of virtual machines, which refuse Unix sockets."""
    probe = folder / f"probe-{os.getpid()}"
    try:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(probe))
    except OSError:
        return False
    finally:
        probe.unlink(missing_ok=True)
    return True


def _refuse_foreign(folder: Path) -> None:
    """What another user made, by an earlier start or in /tmp under our name, is not ours to use."""
    owner = folder.lstat().st_uid
    allowed = {0, NOBODY} if os.geteuid() == 0 else {os.geteuid()}
    if folder.is_symlink() or owner not in allowed:
        raise StackError(
            f"{folder} belongs to another user (number {owner}). Start as that user, remove the folder,"
            " or choose another one with HUBPORTAL_VAR=/some/folder"
        )
