"""What an approval is given for: one hash over the texts and the audience of a mailing."""

from collections.abc import Mapping

from hubportal.fingerprint import fingerprint


def content_hash(texts: Mapping[str, Mapping[str, str]], audience: Mapping[str, object]) -> str:
    """Return the fingerprint of everything given: texts by language and field, and the audience rule.

    The audience is what JSON can hold; raises TypeError for the rest.
    """
    return fingerprint({"texts": texts, "audience": audience})


def short(content: str) -> str:
    """Return the first eight digits of a hash in two groups, as people compare them: "b81e 04aa"."""
    return f"{content[:4]} {content[4:8]}".strip()
