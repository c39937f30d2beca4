"""What may be uploaded: size, extension and content must agree."""

import codecs
import hashlib
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable
from pathlib import PurePath
from typing import IO, Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

SIZE_MAX = 25 * 1024 * 1024
"""Bytes."""
NAME_MAX = 150
"""Characters of a name as it is kept, extension included."""
ENTRIES_MAX = 10_000
"""Parts that an office document may have: more are a trap for whatever unpacks it."""
UNPACKED_MAX = 250 * 1024 * 1024
"""Bytes that its parts may weigh together once unpacked, as its own list says."""
RATIO_MAX = 200
"""How many times heavier a part of more than a megabyte may become: letters and tables grow 5 to 50 times."""

_ENTRY = b"PK\x01\x02"
_MACROS = re.compile(r"(^|/)(vbaProject\.bin|Basic/|Scripts/)", re.IGNORECASE)


class UploadCheck(NamedTuple):
    """What is known of a file that passed: harmless name, type, size in bytes, SHA-256 in hexadecimal."""

    name: str
    kind: str
    content_type: str
    size: int
    sha256: str


class Kind(NamedTuple):
    """A kind of file: how it is called and whether a content is of it."""

    extensions: tuple[str, ...]
    content_type: str
    holds: Callable[[IO[bytes]], bool]


def _starts_with(*magic: bytes) -> Callable[[IO[bytes]], bool]:
    return lambda content: content.read(16).startswith(magic)


def _office(part: str) -> Callable[[IO[bytes]], bool]:
    """Office Open XML (ISO/IEC 29500): a zip with its list of parts and the main one."""
    return lambda content: {"[Content_Types].xml", part} <= _entries(content)


def _open_document(content_type: str) -> Callable[[IO[bytes]], bool]:
    """OpenDocument (ISO/IEC 26300): a zip whose entry `mimetype` says what it is."""

    def holds(content: IO[bytes]) -> bool:
        if not {"mimetype", "content.xml"} <= _entries(content):
            return False
        with zipfile.ZipFile(content) as archive, archive.open("mimetype") as entry:
            return entry.read(200) == content_type.encode()

    return holds


def _entries(content: IO[bytes]) -> set[str]:
    """Return the names in a zip; none when it is no zip, holds macros, or has far too many parts.

    ValidationError when it would unpack to far too much.
    """
    if not content.read(4).startswith(b"PK\x03\x04") or _count(content, _ENTRY) > ENTRIES_MAX:
        return set()
    with zipfile.ZipFile(content) as archive:
        parts = archive.infolist()
    if _is_bomb(parts):
        raise ValidationError(
            _("Unpacked, this document would weigh far too much. Save it again in a lighter form."),
            "unpacked",
        )
    names = {part.filename for part in parts}
    return set() if any(_MACROS.search(name) for name in names) else names


def _is_bomb(parts: Iterable[zipfile.ZipInfo]) -> bool:
    """Tell whether whatever unpacks these parts would be filled up: the portal itself never does.

    Who lies in the list to pass here makes a file that unpackers refuse: they stop at the weight that it says.
    """
    weights = [(part.file_size, part.compress_size) for part in parts]
    is_dense = any(size > 1024 * 1024 and size > RATIO_MAX * packed for size, packed in weights)
    return is_dense or sum(size for size, _ in weights) > UNPACKED_MAX


def _count(content: IO[bytes], signature: bytes) -> int:
    """Count the entries before zipfile reads them all: each would cost it half a kilobyte of memory."""
    content.seek(0)
    found, rest = 0, b""
    while chunk := content.read(64 * 1024):
        found += (rest + chunk).count(signature)
        rest = chunk[1 - len(signature) :]
    content.seek(0)
    return found


def _is_text(content: IO[bytes]) -> bool:
    """Tell whether the bytes are UTF-8 text without control characters."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    while chunk := content.read(64 * 1024):
        if re.search(r"[\x00-\x08\x0b\x0e-\x1f\x7f]", decoder.decode(chunk)):
            return False
    decoder.decode(b"", final=True)
    return True


_OOXML = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"
KINDS = {
    "pdf": Kind((".pdf",), "application/pdf", _starts_with(b"%PDF-")),
    "png": Kind((".png",), "image/png", _starts_with(b"\x89PNG\r\n\x1a\n")),
    "jpg": Kind((".jpg", ".jpeg"), "image/jpeg", _starts_with(b"\xff\xd8\xff")),
    "docx": Kind((".docx",), f"{_OOXML}.wordprocessingml.document", _office("word/document.xml")),
    "xlsx": Kind((".xlsx",), f"{_OOXML}.spreadsheetml.sheet", _office("xl/workbook.xml")),
    "odt": Kind((".odt",), f"{_ODF}.text", _open_document(f"{_ODF}.text")),
    "ods": Kind((".ods",), f"{_ODF}.spreadsheet", _open_document(f"{_ODF}.spreadsheet")),
    "csv": Kind((".csv",), "text/csv; charset=utf-8", _is_text),
    "txt": Kind((".txt",), "text/plain; charset=utf-8", _is_text),
}


def check_upload(upload: UploadedFile, kinds: Iterable[str] = KINDS) -> UploadCheck:
    """Return what is known of a good upload, wound back to its start; else raise ValidationError.

    `kinds` are keys of `KINDS`. Codes: empty, too_big, kind, content, unpacked.
    """
    allowed = {name: KINDS[name] for name in kinds}
    if not upload.size:
        raise ValidationError(_("This file is empty."), "empty")
    if upload.size > SIZE_MAX:
        size = {"size": filesizeformat(upload.size), "max": filesizeformat(SIZE_MAX)}
        raise ValidationError(_("This file weighs %(size)s; the most is %(max)s."), "too_big", size)
    extension = PurePath(upload.name or "").suffix.lower()
    kind = next((name for name, known in allowed.items() if extension in known.extensions), None)
    if kind is None:
        known = {"kinds": ", ".join(allowed)}
        raise ValidationError(_("This kind of file is not taken. Send one of: %(kinds)s."), "kind", known)
    if not _holds(upload, allowed[kind]):
        raise ValidationError(_refusal(kind), "content", {"extension": extension})
    return UploadCheck(
        clean_name(upload.name), kind, allowed[kind].content_type, upload.size, _sha256(upload)
    )


def clean_name(name: str | None) -> str:
    """Return a file's name without folders or invisible characters, no longer than NAME_MAX."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name or ""))[-1]
    shown = "".join(character for character in last if unicodedata.category(character)[0] != "C")
    path = PurePath(re.sub(r'[<>:"|?*]', "_", shown).strip(" ."))
    stem = path.stem[: NAME_MAX - len(path.suffix)] if len(path.suffix) < 20 else path.name[:NAME_MAX]
    return f"{stem or 'file'}{path.suffix if len(path.suffix) < 20 else ''}"


def _holds(upload: UploadedFile, kind: Kind) -> bool:
    upload.seek(0)
    try:
        return kind.holds(upload)
    except (zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError, RuntimeError, ValueError, OSError):
        return False
    finally:
        upload.seek(0)


def _refusal(kind: str) -> Any:
    if kind in {"csv", "txt"}:
        return _("This file is not plain text in UTF-8. Save it again as “CSV UTF-8” or as text in UTF-8.")
    return _("The content of this file is not what its name says (%(extension)s), or it holds macros.")


def _sha256(upload: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()
