"""One fingerprint of what people agreed to: the SHA-256 of a canonical JSON."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping


def fingerprint(value: object) -> str:
    """Return the SHA-256, in hexadecimal, of what JSON can hold; raises TypeError for the rest.

    The order of keys, the form of accents (NFC) and of line ends do not count: a browser may change them without
    anybody having edited. All the rest does.
    """
    canonical = json.dumps(
        _canonical(value), sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    # "surrogatepass": half a character, as a broken browser may send, is content too and no reason to fail.
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def normal(text: str) -> str:
    """Return the text as the fingerprint sees it: NFC, lines that end with a line feed."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def _canonical(value: object) -> object:
    if isinstance(value, str):
        return normal(value)
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            # JSON would write 1 and "1" alike.
            raise TypeError("The keys of what is hashed must be text.")
        return {normal(key): _canonical(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(item) for item in value]
    return value
