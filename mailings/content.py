"""What an approval is given for: one hash over the texts and the audience of a mailing."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping


def content_hash(texts: Mapping[str, Mapping[str, str]], audience: Mapping[str, object]) -> str:
    """Return the SHA-256, in hexadecimal, of everything given: texts by language and field, and the audience rule.

    The order of keys, the form of accents (NFC) and of line ends do not count: a browser may change them without
    anybody having edited. All the rest does. The audience is what JSON can hold; raises TypeError for the rest.
    """
    canonical = json.dumps(
        _canonical({"texts": texts, "audience": audience}),
        sort_keys=True,
        ensure_ascii=False,
        allow_nan=False,
        separators=(",", ":"),
    )
    # "surrogatepass": half a character, as a broken browser may send, is content too and no reason to fail.
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def short(content: str) -> str:
    """Return the first eight digits of a hash in two groups, as people compare them: "b81e 04aa"."""
    return f"{content[:4]} {content[4:8]}".strip()


def normal(text: str) -> str:
    """Return the text as the hash sees it: NFC, lines that end with a line feed."""
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
