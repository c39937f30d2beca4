"""The addresses that a text leads to: whether they lead anywhere, and what is the same page in the other language."""

import re
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

_HOST: Final = re.compile(r"[\w-]+(?:\.[\w-]+)+\.?")
_MAILBOX: Final = re.compile(r"[^@\s]+@[\w-]+(?:\.[\w-]+)+")
_LANGUAGE: Final = re.compile(r"(?:fr|nl)(?:[-_]be)?", re.IGNORECASE)
_LANGUAGE_OF_FILE: Final = re.compile(r"[-_.](?:fr|nl)(?=[-_.]|$)", re.IGNORECASE)
_KEYS: Final = {"hl", "lang", "langue", "language", "locale", "taal"}
# What stayed text though it was meant as a link: [words](address), the last bracket forgotten or not.
_NO_LINK: Final = re.compile(r"\[[^\[\]\n]{0,200}\]\(((?:[^()\n]|\([^()\n]{0,100}\)){1,200})")


def is_usable(address: str) -> bool:
    """Say whether a reader can follow it: http, https or mailto, with a host, and no placeholder inside."""
    if "[[" in unquote(address):
        return False
    parts = _split(address)
    if parts is None:
        return False
    if parts.scheme == "mailto":
        return _MAILBOX.fullmatch(unquote(parts.path)) is not None
    return parts.scheme in {"http", "https"} and _HOST.fullmatch(parts.hostname or "") is not None


def not_links(block: str) -> list[str]:
    """Return the addresses that a paragraph's words still hold as "[words](address)", so nobody can follow them."""
    return [match[1] for match in _NO_LINK.finditer(block)]


def without_language(address: str) -> str:
    """Return the address without what names French or Dutch in it, to compare it with the other language's.

    ``https://fr.example.brussels/nl/x?lang=fr`` is ``https://example.brussels/x``; of a mailto the mailbox is kept,
    since the subject it proposes is written in a language too. The result is for comparing, not for following.
    """
    parts = _split(address)
    if parts is None:
        return address
    if parts.scheme == "mailto":
        return f"mailto:{unquote(parts.path).lower()}"
    labels = (parts.hostname or "").removeprefix("www.").split(".")
    if len(labels) > 2 and _LANGUAGE.fullmatch(labels[0]):
        labels = labels[1:]
    segments = [part for part in parts.path.split("/") if part and not _LANGUAGE.fullmatch(part)]
    path = "/".join(_LANGUAGE_OF_FILE.sub("", part) for part in segments)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    query = urlencode([(key, value) for key, value in pairs if not _names_language(key, value)])
    port = f":{parts.port}" if parts.port else ""
    return f"https://{'.'.join(labels)}{port}/{path}?{query}#{parts.fragment}"


def _names_language(key: str, value: str) -> bool:
    return key.lower() in _KEYS and _LANGUAGE.fullmatch(value) is not None


def _split(address: str) -> SplitResult | None:
    """Return the parts of an address; None when it is none (``http://[::1``, a port that is no number)."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    return parts
