"""The skeleton of a letter: built once, then one message per recipient in a fraction of the time Django takes.

The decoded parts are cut at their placeholders; each message joins the pieces with its values, escaped, and encodes
the whole. Nothing is ever substituted in encoded text: a soft line break of quoted-printable cuts a placeholder in
two. `reference` is Django's own build of the same message, `differences` compares two messages.
"""

import binascii
import html
import re
from collections.abc import Mapping
from email import message_from_bytes
from email.header import Header
from email.message import EmailMessage
from email.policy import compat32, default

from django.core.mail import BadHeaderError, EmailMultiAlternatives, SafeMIMEText
from django.utils.crypto import salted_hmac

from mailings.letter import Letter, placeholders

LINE_LIMIT = 998
"""Bytes of a line of mail without its end (RFC 5322, 2.1.1)."""
_FOLDED_AT = 76
_ADDRESSES = {"From", "To"}
_CRLF = compat32.clone(linesep="\r\n")


class Skeleton:
    """What is the same in every message of a letter, ready to be filled."""

    def __init__(self, letter: Letter, common_headers: Mapping[str, str]) -> None:
        # The same in each process, so that what is sent again is the same message to the byte; it hangs on our secret
        # and on the text, so no text can hold it.
        told = salted_hmac("mailings.letter.boundary", f"{letter.subject}\0{letter.text}\0{letter.html}")
        boundary = f"=_{told.hexdigest()[:32]}"
        common = {"Subject": letter.subject, **common_headers}
        self._names = {name.lower() for name in common}
        head = "".join(_header(name, value) for name, value in common.items())
        kind = f'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'
        self._head, self._kind = head.encode("ascii"), kind.encode("ascii")
        self._between, self._end = f"\r\n--{boundary}\r\n".encode(), f"\r\n--{boundary}--\r\n".encode()
        self._text, self._html = _Part(letter.text, "plain"), _Part(letter.html, "html")

    def build(self, values: Mapping[str, str], headers: Mapping[str, str]) -> bytes:
        """Return one message as MIME with CRLF line ends.

        KeyError for a placeholder without a value, BadHeaderError (a ValueError) for a header of more than a line.
        """
        twice = [name for name in headers if name.lower() in self._names]
        if twice:
            raise BadHeaderError(f"a message has one of each header: {', '.join(twice)}")
        lines = {name: placeholders.one_line(value) for name, value in values.items()}
        own = "".join(_header(name, value) for name, value in headers.items())
        return b"".join((
            self._head, own.encode("ascii"), self._kind, self._between[2:],
            self._text.fill({name: value.encode() for name, value in lines.items()}),
            self._between,
            self._html.fill({name: html.escape(value).encode() for name, value in lines.items()}),
            self._end,
        ))  # fmt: skip


class _Part:
    """One body of the message, cut at its placeholders."""

    def __init__(self, template: str, subtype: str) -> None:
        pieces = placeholders.split(template)
        self._pieces = [re.sub(r"\r\n?|\n", "\r\n", piece).encode() for piece in pieces]
        self._slots = list(enumerate(pieces))[1::2]
        # As Django counts: a value has no line break, so the lines are those of the template.
        rows = [placeholders.split(line) for line in template.splitlines()]
        self._rows = [(len("".join(row[::2]).encode()), row[1::2]) for row in rows if len(row) > 1]
        self._is_long = any(len(row[0].encode()) > LINE_LIMIT for row in rows if len(row) == 1)
        self._kind = f'Content-Type: text/{subtype}; charset="utf-8"\r\nMIME-Version: 1.0\r\n'.encode()

    def fill(self, values: Mapping[str, bytes]) -> bytes:
        """Return the part with its headers, encoded as Django would."""
        pieces = self._pieces.copy()
        for slot, name in self._slots:
            pieces[slot] = values[name]
        content = b"".join(pieces)
        if self._is_long or any(
            fixed + sum(len(values[name]) for name in names) > LINE_LIMIT for fixed, names in self._rows
        ):
            # It ends its soft lines as it sees the first line end.
            encoding, content = b"quoted-printable", binascii.b2a_qp(content + b"\r\n")[:-2]
        else:
            encoding = b"7bit" if content.isascii() else b"8bit"
        return self._kind + b"Content-Transfer-Encoding: " + encoding + b"\r\n\r\n" + content


def reference(
    letter: Letter, common_headers: Mapping[str, str], values: Mapping[str, str], headers: Mapping[str, str]
) -> bytes:
    """Return the same message as Django builds it: many times slower, for the check before sending."""
    everything = {**common_headers, **headers}
    message = EmailMultiAlternatives(
        letter.subject,
        placeholders.fill(letter.text, values),
        everything.pop("From"),
        [everything["To"]],
        headers=everything,
    )
    message.attach_alternative(placeholders.fill(letter.html, values, is_html=True), "text/html")
    content: bytes = message.message().as_bytes(linesep="\r\n")
    return content


def differences(one: bytes, other: bytes) -> list[str]:
    """Return in words where two messages differ for their reader; empty when they are the same."""
    first, second = (message_from_bytes(raw, policy=default) for raw in (one, other))
    found = [*_compared("header", _headers(first), _headers(second))]
    ours, theirs = list(first.walk()), list(second.walk())
    if len(ours) != len(theirs):
        found.append(f"parts: {len(ours)} and {len(theirs)}")
    for number, (part, twin) in enumerate(zip(ours, theirs, strict=False)):
        found += _compared(f"part {number}", _facts(part), _facts(twin))
    return found


def _headers(message: EmailMessage) -> dict[str, object]:
    names = {name.lower() for name in message} - {"content-type"}
    # Where a long header is folded at once, a blank is left before its value.
    return {name: [str(value).strip() for value in message.get_all(name, [])] for name in names}


def _facts(part: EmailMessage) -> dict[str, object]:
    return {
        "type": part.get_content_type(),
        "charset": part.get_content_charset(),
        "encoding": part.get("Content-Transfer-Encoding"),
        "content": None if part.is_multipart() else part.get_payload(decode=True),
        "defects": [str(defect) for defect in part.defects],
    }


def _compared(what: str, one: Mapping[str, object], other: Mapping[str, object]) -> list[str]:
    return [
        f"{what}, {key}: {str(one.get(key))[:200]!r} and {str(other.get(key))[:200]!r}"
        for key in sorted({*one, *other})
        if one.get(key) != other.get(key)
    ]


def _header(name: str, value: str) -> str:
    """Return a header with its line end; what is not ASCII is encoded, what is long is folded."""
    if value.splitlines() != [value]:
        raise BadHeaderError(f"the header {name} is one line")
    if value.isascii() and (len(name) + len(value) <= _FOLDED_AT or " " not in value):
        return f"{name}: {value}\r\n"
    if name in _ADDRESSES:
        encoded = SafeMIMEText("", "plain", "utf-8")
        encoded[name] = value
        return _CRLF.fold(name, encoded[name])
    # Django leaves the first line of a long header empty; with its name known, it begins there.
    charset = None if value.isascii() else "utf-8"
    folded = Header(value, charset, header_name=name).encode(linesep="\r\n")
    return f"{name}: {folded}\r\n"
