"""Whether both texts name the same amounts, and the same long numbers."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from hubportal.markdown import Outline
from mailings.parity.amounts import Amount, named
from mailings.parity.findings import LANGUAGES, OTHER, Field, Finding, Language, Side
from mailings.parity.saying import short, where
from mailings.parity.wording import fields

_RECOGNISED: Final = 1000
"""From here on, a number that lacks its unit can hardly be another one."""
# "100 %" is a manner of speaking too.
_SPEECH: Final = Amount("percent", "100")


class Sums(NamedTuple):
    """The amounts of one side, with the words of each and the field that names it first."""

    sure: dict[Amount, tuple[Field, str]]
    unsure: dict[Amount, tuple[Field, str]]
    bare: set[str]

    def has(self, amount: Amount) -> bool:
        """Say whether it is named; a number that only counts may stand with a unit in the other language."""
        if amount.kind == "number":
            return amount.value in self.bare or any(one.value == amount.value for one in self.sure)
        return amount in self.sure or amount in self.unsure


def sums_of(side: Side, found: Outline, language: Language) -> Sums:
    """Return the amounts that a side names."""
    sums = Sums({}, {}, set())
    for field, text in fields(side, found):
        amounts = named(text, language)
        sums.bare.update(amounts.bare)
        for amount, words in amounts.sure.items():
            sums.sure.setdefault(amount, (field, words))
        for amount, words in amounts.unsure.items():
            sums.unsure.setdefault(amount, (field, words))
    return sums


def same(sums: dict[Language, Sums]) -> str:
    """Return the label when nothing was found."""
    count = max(len(found.sure) for found in sums.values())
    return _("Same amounts and long numbers (%(count)s)") % {"count": count} if count else _("No amounts")


def findings(sums: dict[Language, Sums]) -> Iterator[Finding]:
    """Yield the amounts that one side lacks; those that may be there in another form do not block."""
    for language in LANGUAGES:
        here, there = sums[language], sums[OTHER[language]]
        for amount, (field, words) in there.sure.items():
            if not here.has(amount):
                is_without_unit = amount.value in here.bare and Decimal(amount.value) >= _RECOGNISED
                yield _finding(language, field, words, is_sure=not is_without_unit and amount != _SPEECH)
        for amount, (field, words) in there.unsure.items():
            if not (here.has(amount) or amount in there.sure or amount.value in here.bare):
                yield _finding(language, field, words, is_sure=False)


def _finding(language: Language, field: Field, words: str, *, is_sure: bool) -> Finding:
    """Return what a person reads who sees both texts, so in their language: what, and where it is missing."""
    if not is_sure:
        label = _("Perhaps an amount is missing %(where)s")
        message = (
            _("Is “%(amount)s” of the French text missing in Dutch?")
            if language == "nl"
            else _("Is “%(amount)s” of the Dutch text missing in French?")
        )
    else:
        label = _("An amount or a number is missing %(where)s")
        message = (
            _("“%(amount)s” stands in French and is missing in Dutch.")
            if language == "nl"
            else _("“%(amount)s” stands in Dutch and is missing in French.")
        )
    code = "amount" if is_sure else "amount-unsure"
    message %= {"amount": short(words)}
    return Finding(code, language, message, is_sure, label % where(language), field)
