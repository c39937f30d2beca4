"""Whose letter a preview shows: oneself, or somebody of today's coverage, found by name or commune."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final, NamedTuple

from communes.callers import callers
from hubportal.fingerprint import fingerprint
from mailings import freezing, trial
from mailings.audience import besides, coverage, recipients
from mailings.models import LANGUAGES, Mailing
from mailings.models.choices import text_language
from mailings.overview import leaving_on

SHOWN: Final = 10
"""People offered at once: whoever looks for one types another letter."""
KEY: Final = 16


class Example(NamedTuple):
    """Somebody who would receive the edition; `key` names them in an address, which holds no mailbox."""

    key: str
    language: str
    values: Mapping[str, str]

    @property
    def name(self) -> str:
        """Their name, as the letter has it."""
        return self.values["name"]

    @property
    def about(self) -> str:
        """Office and commune, in the reader's language."""
        language = text_language()
        return ", ".join((self.values[f"office_{language}"], self.values[f"commune_{language}"]))


def somebody(people: Iterable[Example], key: str) -> Example | None:
    """Return the person whom an address names; None when there is nobody of that key (any more)."""
    return next((row for row in people if row.key == key), None)


def found(people: Iterable[Example], words: str) -> tuple[list[Example], bool]:
    """Return the first people whose name, office or commune holds every word, and whether there are more.

    In either language, without accents; nobody is found without a word.
    """
    wanted = _plain(words).split()
    rows = (row for row in people if _holds(row, wanted)) if wanted else iter(())
    first = list(islice(rows, SHOWN + 1))
    return first[:SHOWN], len(first) > SHOWN


def everybody(mailing: Mailing) -> Iterator[Example]:
    """Yield everybody who would receive it, in the order of the communes: as many queries for one as for all."""
    day = leaving_on(mailing)
    found = recipients(coverage(mailing, day), besides(mailing, day))
    rows = [row for row in found if not row.is_suppressed]
    to_call = callers({nis for row in rows for nis in row.communes})
    for row in rows:
        values = {**freezing.values(row, to_call), "token": trial.EXAMPLE}
        yield Example(fingerprint(row.address)[:KEY], row.language, values)


def _holds(row: Example, wanted: list[str]) -> bool:
    told = (row.values[f"{name}_{language}"] for name in ("office", "commune") for language in LANGUAGES)
    text = _plain(" ".join((row.name, *told)))
    return all(word in text for word in wanted)


def _plain(text: str) -> str:
    """Return a text as one types it without looking: small letters, no accents."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
