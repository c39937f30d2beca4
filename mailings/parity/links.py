"""Whether both texts lead to the same, and anywhere at all."""

from collections import Counter
from collections.abc import Iterator
from urllib.parse import unquote

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hubportal.markdown import Outline
from mailings.parity import addresses
from mailings.parity.findings import LANGUAGES, OTHER, Finding, Language
from mailings.parity.saying import beside, short, where


def same(count: int) -> str:
    """Return the label when nothing was found."""
    return _("Same links (%(count)s)") % {"count": count} if count else _("No links")


def findings(found: dict[Language, Outline]) -> Iterator[Finding]:
    """Yield the links that lead nowhere, and those that one side lacks."""
    for language in LANGUAGES:
        yield from _links_to_nowhere(found[language], language)
    only = _only_on_one_side(found["fr"].links, found["nl"].links)
    counts = {language: len(found[language].links) for language in LANGUAGES}
    if counts["fr"] != counts["nl"]:
        language = min(LANGUAGES, key=lambda side: counts[side])
        message = gettext_noop(
            "Links: %(here)s here, %(there)s in the other language. Perhaps missing: %(links)s."
        )
        links = ", ".join(map(short, only[OTHER[language]][:3]))
        message = beside(language, message, here=counts[language], there=counts[OTHER[language]], links=links)
        yield Finding("links", language, message, True, _("A link is missing %(where)s") % where(language))
        return
    for fr, nl in zip(only["fr"], only["nl"], strict=True):
        message = _("%(fr)s in French, %(nl)s in Dutch: check that both lead to the same.")
        message %= {"fr": short(fr), "nl": short(nl)}
        yield Finding("link-differs", "", message, False, _("Links that differ by language"))


def _links_to_nowhere(found: Outline, language: Language) -> Iterator[Finding]:
    lost = [address for address in found.links if not addresses.is_usable(address)]
    lost += [address for block in found.blocks for address in addresses.not_links(block)]
    for address in dict.fromkeys(lost):
        message = gettext_noop(
            "The link “%(address)s” leads nowhere: write the whole address, with https://."
        )
        message = beside(language, message, address=short(unquote(address)))
        yield Finding("link", language, message, True, _("A link leads nowhere %(where)s") % where(language))


def _only_on_one_side(fr: list[str], nl: list[str]) -> dict[Language, list[str]]:
    """Return the addresses of each side that the other lacks, the language taken out of both."""
    return {"fr": _lacking(fr, nl), "nl": _lacking(nl, fr)}


def _lacking(here: list[str], there: list[str]) -> list[str]:
    left = Counter(map(addresses.without_language, there))
    lacking = []
    for address in here:
        key = addresses.without_language(address)
        if left[key]:
            left[key] -= 1
        else:
            lacking.append(address)
    return lacking
