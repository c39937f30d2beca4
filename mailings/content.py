"""What an approval is given for: one hash over the texts, the audience and the attachments of a mailing."""

from collections.abc import Iterable, Mapping

from hubportal.fingerprint import fingerprint


def content_hash(
    texts: Mapping[str, Mapping[str, str]],
    audience: Mapping[str, object],
    attachments: Iterable[Mapping[str, str]] = (),
) -> str:
    """Return the fingerprint of everything given: texts by language and field, the audience rule, attachments.

    The order of attachments does not count, and without any the hash is the one that editions had before there
    were attachments. The audience is what JSON can hold; raises TypeError for the rest.
    """
    files = sorted((dict(facts) for facts in attachments), key=lambda facts: sorted(facts.items()))
    content = {"texts": texts, "audience": audience, **({"attachments": files} if files else {})}
    return fingerprint(content)


def short(content: str) -> str:
    """Return the first eight digits of a hash in two groups, as people compare them: "b81e 04aa"."""
    return f"{content[:4]} {content[4:8]}".strip()
