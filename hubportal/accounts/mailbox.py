"""The demonstration's mailbox: what the recording mail server kept, read from its Maildir.

A page of the site shows the text only. The HTML has an address of its own, where it can do nothing
(`demo_views.mailbox_html`).
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Final

from django.conf import settings

NEWEST: Final = 500
"""Messages that the list reads; a demonstration seldom holds more."""
BODY_MAX: Final = 200_000
"""Characters shown of a text."""


@dataclass(frozen=True)
class Letter:
    """A message that the portal sent."""

    key: str
    subject: str
    sender: str
    recipients: tuple[str, ...]
    received_at: datetime | None
    text: str = ""
    html: str = ""


def letters(recipient: str = "") -> list[Letter]:
    """Return the newest messages, newest first; those to one address if given."""
    found = (_letter(path, with_text=False) for path in _paths()[:NEWEST])
    return [letter for letter in found if letter and (not recipient or recipient in letter.recipients)]


def recipients(found: list[Letter]) -> list[tuple[str, int]]:
    """Return each address with its number of messages, in alphabetical order."""
    counts = Counter(address for letter in found for address in letter.recipients)
    return sorted(counts.items())


def letter(key: str) -> Letter | None:
    """Return one message with its text and its HTML; None when there is no such message."""
    # Compared with what is there, never joined to a path: a key cannot lead elsewhere.
    path = next((path for path in _paths() if _key(path) == key), None)
    return _letter(path, with_text=True) if path else None


def _paths() -> list[Path]:
    """Return the files, newest first: their names begin with the time of arrival, in fixed width."""
    folder = settings.HUBPORTAL_MAILBOX
    if folder is None:
        return []
    found = [path for name in ("new", "cur") for path in _files(folder / name)]
    return sorted(found, key=lambda path: path.name, reverse=True)


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from folder.iterdir()


def _key(path: Path) -> str:
    return path.name.partition(":")[0]


def _letter(path: Path, with_text: bool) -> Letter | None:
    parser = BytesParser(policy=policy.default)
    try:
        with path.open("rb") as stream:
            message = parser.parse(stream, headersonly=not with_text)
    except FileNotFoundError:
        return None  # thrown away meanwhile
    addresses = str(message["X-Envelope-To"] or message["To"] or "")
    text, html = (_part(message, kind) if with_text else "" for kind in ("plain", "html"))
    return Letter(
        key=_key(path),
        subject=str(message["Subject"] or ""),
        sender=str(message["From"] or ""),
        recipients=tuple(address.strip() for address in addresses.split(",") if address.strip()),
        received_at=_moment(str(message["X-Received-At"] or "")),
        text=text,
        html=html,
    )


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _part(message: EmailMessage, kind: str) -> str:
    """Return the text of a part, "plain" or "html"; empty for none."""
    part = message.get_body((kind,))
    try:
        text = str(part.get_content()) if part is not None else ""
    except LookupError:
        text = ""  # an unknown character set
    return text[:BODY_MAX]
