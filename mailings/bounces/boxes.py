"""Where notices lie: a Maildir, an mbox file, one message in a file or on standard input.

Nothing is read further than `LIMIT`: what a notice says stands at its beginning, before what it returns.
"""

import mailbox
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, Protocol

LIMIT: Final = 1 << 20
_PIECE: Final = 1 << 16
_FROM: Final = b"From "


class Item(NamedTuple):
    """A message as it lies there; `is_cut`: it goes on after `content`."""

    name: str
    content: bytes
    is_cut: bool


class Box(Protocol):
    """Something that holds messages."""

    def __iter__(self) -> Iterator[Item]:
        """Yield what is to be read."""

    def settle(self, name: str, *, is_understood: bool) -> None:
        """Note that a message was dealt with, once that is committed."""


class Maildir:
    """Reads what is new; what was dealt with moves to `cur`, flagged when a person has to look at it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __iter__(self) -> Iterator[Item]:
        for path in self._new():
            try:
                with path.open("rb") as file:
                    yield _item(path.name, file)
            except FileNotFoundError:
                # Another run, or the mailbox's owner, was faster.
                continue

    def waits_since(self) -> float | None:
        """Return since when the oldest new message has been lying there, in seconds since 1970."""
        return min((path.stat().st_mtime for path in self._new()), default=None)

    def settle(self, name: str, *, is_understood: bool) -> None:
        """Move it from `new` to `cur`: seen, or flagged."""
        done = self.folder / "cur" / f"{name.partition(':')[0]}:2,{'S' if is_understood else 'FS'}"
        try:
            (self.folder / "new" / name).rename(done)
        except FileNotFoundError:
            return

    def _new(self) -> list[Path]:
        return sorted(path for path in (self.folder / "new").iterdir() if path.is_file())


class Mbox:
    """An mbox file: locked while it is read, and left as it is. A second reading finds all known."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __iter__(self) -> Iterator[Item]:
        box = mailbox.mbox(self.path, create=False)
        try:
            box.lock()
            for place, key in enumerate(box.iterkeys(), 1):
                with box.get_file(key) as file:
                    yield _item(f"{self.path.name} #{place}", file)
        finally:
            box.close()

    def settle(self, name: str, *, is_understood: bool) -> None:
        """Leave the file alone."""


class Single:
    """One message in a stream, which is read to its end: who writes into a pipe must be able to finish."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.file, self.name = file, name

    def __iter__(self) -> Iterator[Item]:
        item = _item(self.name, self.file)
        while self.file.read(_PIECE):
            pass
        if item.content.startswith(_FROM):
            # Some mail servers put the line of an mbox before the message.
            item = item._replace(content=item.content.partition(b"\n")[2])
        yield item

    def settle(self, name: str, *, is_understood: bool) -> None:
        """Keep nothing."""


def opened(path: Path) -> Box:
    """Return what a path holds. FileNotFoundError, PermissionError as they come."""
    if path.is_dir():
        return Maildir(path)
    with path.open("rb") as file:
        is_mbox = file.read(len(_FROM)) == _FROM
    return Mbox(path) if is_mbox else _File(path)


class _File(Single):
    """One message in a file."""

    def __init__(self, path: Path) -> None:
        self.path, self.name = path, path.name

    def __iter__(self) -> Iterator[Item]:
        with self.path.open("rb") as self.file:
            yield from super().__iter__()


def _item(name: str, file: "_Readable") -> Item:
    pieces: list[bytes] = []
    size = 0
    while size <= LIMIT and (piece := file.read(min(_PIECE, LIMIT + 1 - size))):
        pieces.append(piece)
        size += len(piece)
    return Item(name, b"".join(pieces)[:LIMIT], size > LIMIT)


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...
