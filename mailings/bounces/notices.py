"""One message of the mailbox for bounces, read: a notice about one of our messages, an automatic answer, or neither.

Postfix, Exchange, Microsoft 365 and Gmail write `multipart/report` (RFC 6522) with a `message/delivery-status`
(RFC 3464). The standard library reads both; its old policy is chosen because it never raises on a header.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from email import message_from_bytes, message_from_string
from email.message import Message
from enum import Enum
from typing import Final, NamedTuple

from django.conf import settings
from django.core.mail.message import sanitize_address

from mailings.models.returning import Notice

Part = Message
_STATUS_TYPES: Final = ("message/delivery-status", "message/global-delivery-status")
_HEADER_TYPES: Final = ("text/rfc822-headers", "message/global-headers")
_ADDRESSED: Final = (
    *("Delivered-To", "X-Original-To", "X-Delivered-To", "Envelope-To", "X-Envelope-To"),
    *("To", "Resent-To", "Original-Recipient", "X-Postfix-Sender", "Return-Path"),
)
"""Where the address to which a notice went, or from which our message came, may be written."""
_NAMES: Final = ("Message-ID", "X-Original-Message-ID", "In-Reply-To", "References")
"""Where the name of our message may be written."""
_MANY: Final = 50
"""Names of one notice that are looked for: ours has one."""


class Sort(Enum):
    """What a message of the mailbox is."""

    NOTICE = "a delivery status notification"
    OTHER = "no notice: an automatic answer, a report of success, a letter"
    UNREADABLE = "from a mail system, and not understood"


class Block(NamedTuple):
    """What a notice says of one recipient."""

    recipients: frozenset[str]
    is_final: bool
    status: str
    code: int | None
    words: str


class Read(NamedTuple):
    """A message of the mailbox; `lefts` and `names` tell which message of ours it may be about."""

    sort: Sort
    mark: str = ""
    lefts: tuple[str, ...] = ()
    """Left sides of Message-IDs, as they stand in our envelope senders after the plus."""
    names: tuple[str, ...] = ()
    """Whole Message-IDs."""
    blocks: tuple[Block, ...] = ()

    def about(self, address: str) -> Notice:
        """Return what it says of the recipient of our message, or of whoever stands behind that address."""
        ours = _spellings(address)
        own = [block for block in self.blocks if not block.recipients or block.recipients & ours]
        found = max(own or self.blocks, key=lambda block: block.is_final)
        return Notice(self.mark, found.is_final, found.status, found.code, found.words, bool(own))


def read(content: bytes) -> Read:
    """Return what a message is, and what it says; no input makes it fail but one that exhausts the parser."""
    message = message_from_bytes(content)
    parts = _parts(message) if message.get_content_type() == "multipart/report" else []
    statuses = [part for part in parts if part.get_content_type() in _STATUS_TYPES]
    if not statuses:
        is_strange = not parts and _is_from_a_mail_system(message)
        return Read(Sort.UNREADABLE if is_strange else Sort.OTHER)
    fields = list(_fields(statuses[0]))
    recipients = [field for field in fields if field.get("Action") or field.get("Status")]
    if not recipients:
        return Read(Sort.UNREADABLE)
    blocks = tuple(block for field in recipients if (block := _block(field)))
    if not blocks:
        return Read(Sort.OTHER)
    heads = [*fields, *_returned(parts)]
    lefts, names = _lefts([message, *heads]), _names(heads, message)
    return Read(Sort.NOTICE, _mark(message, content), lefts, names, blocks)


def plain(text: str, length: int) -> str:
    """Return words of others as one line of text that can be printed and kept."""
    printable = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(printable.split())[:length]


def _parts(message: Part) -> list[Part]:
    payload = message.get_payload()
    return [part for part in payload if isinstance(part, Message)] if isinstance(payload, list) else []


def _fields(part: Part) -> Iterator[Part]:
    """Yield the groups of fields of a status: of the message first, then of each recipient."""
    groups = _parts(part)
    if part.get_content_type() == _STATUS_TYPES[0]:
        yield from groups
    elif groups:
        # RFC 6533: the library takes this type for a message, whose text is what follows the first group.
        yield groups[0]
        rest = str(groups[0].get_payload())
        yield from (message_from_string(group) for group in re.split(r"\r?\n\r?\n", rest) if group.strip())


def _returned(parts: Iterable[Part]) -> Iterator[Part]:
    """Yield the headers of our message that came back with the notice."""
    for part in parts:
        kind = part.get_content_type()
        if kind in _STATUS_TYPES:
            continue
        if kind in _HEADER_TYPES:
            decoded = part.get_payload(decode=True)
            yield message_from_bytes(decoded if isinstance(decoded, bytes) else b"")
        elif part.get_content_maintype() == "message":
            yield from _parts(part)[:1]


def _block(field: Part) -> Block | None:
    """Return what is said of a recipient; None when it arrived."""
    diagnostic = _text(field, "Diagnostic-Code").partition(";")[2].strip() or _text(field, "Diagnostic-Code")
    status = _status(_text(field, "Status"), diagnostic)
    action = _text(field, "Action").lower()
    if action not in {"failed", "delayed"}:
        if action or not status.startswith(("4", "5")):
            return None
        action = "failed" if status.startswith("5") else "delayed"
    # "Failed" with 4.x.x: it was tried for days, and given up (Postfix, Exchange).
    is_final = action == "failed"
    code = re.search(r"\b[245]\d\d\b", diagnostic)
    return Block(
        frozenset(_recipients(field)),
        is_final,
        status or ("5.0.0" if is_final else "4.0.0"),
        int(code.group()) if code else None,
        plain(diagnostic or action, 1000),
    )


def _status(given: str, diagnostic: str) -> str:
    """Return the status; that of the diagnostic where the field says nothing more than its class."""
    own = re.match(r"[245]\.\d{1,3}\.\d{1,3}", given)
    other = re.search(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])", diagnostic)
    if own and other and own.group().endswith(".0.0") and own.group()[0] == other.group()[0]:
        return other.group()
    found = own or other
    return found.group() if found else ""


def _recipients(field: Part) -> Iterator[str]:
    """Yield the addresses that a group of fields is about, in small letters."""
    for name in ("Final-Recipient", "Original-Recipient"):
        address = _text(field, name).rpartition(";")[2].strip().strip("<>").lower()
        if "@" in address:
            yield address
            # RFC 3461: the original one may be spelled with +2B for a plus.
            yield re.sub(r"\+([0-9a-f]{2})", lambda found: chr(int(found[1], 16)), address)


def _spellings(address: str) -> frozenset[str]:
    """Return an address as we keep it, and as it stood in the envelope."""
    return frozenset({address.lower(), sanitize_address(address, "utf-8").lower()})


def _lefts(heads: Iterable[Part]) -> tuple[str, ...]:
    mailbox, _at, domain = settings.BOUNCES.partition("@")
    pattern = re.compile(
        rf"{re.escape(mailbox)}\+([\w.-]{{1,64}})@{re.escape(domain)}", re.IGNORECASE | re.ASCII
    )
    texts = (str(value) for head in heads for name in _ADDRESSED for value in head.get_all(name, []))
    found = (left.lower() for text in texts for left in pattern.findall(text))
    return tuple(dict.fromkeys(found))[:_MANY]


def _names(heads: Iterable[Part], message: Part) -> tuple[str, ...]:
    """Return the Message-IDs of what came back, and those that the notice itself answers."""
    pairs = [(head, name) for head in heads for name in _NAMES[:2]] + [(message, name) for name in _NAMES[2:]]
    texts = (str(value) for head, name in pairs for value in head.get_all(name, []))
    found = (name for text in texts for name in re.findall(r"<[^<>\s]{3,250}>", text))
    return tuple(dict.fromkeys(found))[:_MANY]


def _is_from_a_mail_system(message: Part) -> bool:
    sender = f"{_text(message, 'From')} {_text(message, 'Return-Path')}".lower()
    return "mailer-daemon" in sender or "postmaster@" in sender


def _mark(message: Part, content: bytes) -> str:
    """Return what tells this notice from others, however often it is delivered."""
    name = _text(message, "Message-ID").encode()
    return hashlib.sha256(name or content).hexdigest()


def _text(field: Part, name: str) -> str:
    """Return a header on one line, empty when it is not there; what is not ASCII is taken for UTF-8 (RFC 6533)."""
    found = (str(value) for key, value in field.raw_items() if key.lower() == name.lower())
    kept = next(found, "").encode("utf-8", "surrogateescape")
    return " ".join(kept.decode("utf-8", "replace").split())
