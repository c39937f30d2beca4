"""The amounts of a French or a Dutch text: euros, percentages, telephone and other long numbers.

Both ways of writing are understood in both languages: "2 350,50 euros", "€ 2.350,50", "2,5 millions d'euros".
"""

import re
from decimal import Decimal
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from mailings.parity import codes, dates
from mailings.parity.wording import readable

Kind = Literal["euro", "percent", "number"]
LONG: Final = 10_000
"""A number from here on must stand in both languages, whatever it counts."""

_NUMBER: Final = r"""
    (?:[1-9][0-9]{0,2}(?:\.[0-9]{3}){1,5}(?:,[0-9]{1,6})?           # 2.350,50
    | [1-9][0-9]{0,2}(?:[ '][0-9]{3}){1,5}(?:[.,][0-9]{1,6})?       # 2 350,50
    | [1-9][0-9]{0,2}(?:,[0-9]{3}){2,5}                             # 1,500,000
    | [1-9][0-9]{0,2}(?:,[0-9]{3}){1,5}\.[0-9]{1,2}                 # 2,350.50
    | [0-9]{1,20}(?:[.,][0-9]{1,6})?)                               # 2350,50
    (?![0-9]|[.,][0-9])
"""
_SCALES: Final = {
    "k": 3, "mille": 3, "duizend": 3, "m": 6, "mio": 6, "mln": 6, "million": 6, "millions": 6, "miljoen": 6,
    "mia": 9, "mld": 9, "milliard": 9, "milliards": 9, "miljard": 9,
}  # fmt: skip
# Thousands and millions by one letter stand before the sign only: "15 k€"; "15 m" are metres.
_SCALE: Final = r"(?:mille|duizend|mio|mln|millions?|miljoen|mia|mld|milliards?|miljard)(?!\w)\.?|[km](?=€)"
_UNIT: Final = r"(?P<euro>€|eur(?:os?)?(?!\w))|%|(?:pour\ cent|procent|percent|pct)(?!\w)|p\.\ ?c\."
_FIGURES: Final = re.compile(
    rf"""
    (?<![0-9])(?<![0-9][.,])(?:(?P<sign>€|\bEUR)\ ?)?
    (?P<number>{_NUMBER})(?:,(?:-{{1,2}}|[–—=]))?
    (?:\ ?(?P<scale>{_SCALE}))?
    (?:\ ?(?:d'|de\ )?(?P<unit>{_UNIT}))?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_WORDS: Final = {
    word: number
    for number, words in {
        1: "un une een één", 2: "deux twee", 3: "trois drie", 4: "quatre vier", 5: "cinq vijf", 6: "six zes",
        7: "sept zeven", 8: "huit acht", 9: "neuf negen", 10: "dix tien", 12: "douze twaalf", 15: "quinze vijftien",
        20: "vingt twintig", 30: "trente dertig", 40: "quarante veertig", 50: "cinquante vijftig",
        60: "soixante zestig", 70: "septante zeventig", 80: "quatre-vingts tachtig", 90: "nonante negentig",
        100: "cent honderd", 1000: "mille duizend",
    }.items()
    for word in words.split()
}  # fmt: skip
_SPELLED: Final = re.compile(
    rf"""
    (?<![0-9]\ )\b(?P<number>{"|".join(sorted(_WORDS, key=len, reverse=True))})(?:\ ?(?P<scale>{_SCALE}))?
    (?:\ (?:d'|de\ )?(?P<unit>{_UNIT}))?(?!\w)
    """,
    re.VERBOSE | re.IGNORECASE,
)
# "500 à 2 500 euros", "5, 10 en 15 %": the unit stands once. A comma alone may part two sentences.
_BETWEEN: Final = re.compile(r"\ ?[-–]\ ?|\ (?:à|et|ou|tot|en|of|tot en met|t/m)\ (?:de\ )?")
_ARTICLE: Final = re.compile(r"(?:\bart(?:icles?|ikel(?:en)?)?\b\.?|§)\ ?[0-9][0-9./]*", re.IGNORECASE)
# Without one of these no word is an amount; to look for all the words costs much more.
_SIGNS: Final = ("uro", "EUR", "€", "%", "cent", "pct", "p.", "mil", "duizend", "mln", "mld")
_DIGIT: Final = re.compile("[0-9]")
_PART_OF: Final = re.compile(r"[\w/:#+-]")
_THOUSAND: Final = 1000
# An address without its scheme, and a mailbox.
_ADDRESS: Final = re.compile(r"\S{1,200}(?:@|\.[a-z]{2,12}[/?])\S*", re.IGNORECASE)


class Amount(NamedTuple):
    """How much of what; `value` is a decimal number in its shortest form, or the signs of a code ("020000018")."""

    kind: Kind
    value: str


class Named(NamedTuple):
    """The amounts of a text, each with its words."""

    sure: dict[Amount, str]
    unsure: dict[Amount, str]
    """In letters ("cinq euros"), or the unit stands with another number ("5 à 10 %")."""
    bare: set[str]
    """The values of the numbers without a unit."""


class _Figure(NamedTuple):
    start: int
    end: int
    words: str
    kind: Kind
    number: Decimal
    scale: int
    """Powers of ten: 6 for "2 millions"."""
    is_alone: bool
    """Neither a part of a reference ("BR-2026-12345") nor of a word."""


def named(text: str, language: str) -> Named:
    """Return the amounts of one paragraph in French ("fr") or Dutch ("nl"); a number ends where its line ends."""
    found = Named({}, {}, set())
    for line in text.splitlines():
        plain = readable(line)
        if any(sign in plain for sign in _SIGNS):
            _spelled(plain, found)
        if _DIGIT.search(plain):
            plain = dates.without(_ARTICLE.sub("|", _ADDRESS.sub("|", plain)), language)
            plain, numbers = codes.cut(plain)
            found.sure.update((Amount("number", code), words) for code, words in numbers.items())
            figures = [_figure(match) for match in _FIGURES.finditer(plain)]
            for figure in figures:
                _sort(figure, found)
            _share_units(plain, figures, found)
    return found


def _figure(match: re.Match[str]) -> _Figure:
    unit, text, (start, end) = match["unit"], match.string, match.span()
    kind: Kind = "euro" if match["sign"] or match["euro"] else "percent" if unit else "number"
    is_alone = not _PART_OF.search(text[max(start - 1, 0) : start] + text[end : end + 1])
    return _Figure(start, end, match[0], kind, _decimal(match["number"]), _scale(match), is_alone)


def _sort(figure: _Figure, found: Named) -> None:
    value = figure.number.scaleb(figure.scale)
    if figure.kind == "number":
        found.bare.update({_short(value), _short(figure.number)})
    if figure.kind != "number" or (figure.is_alone and value >= LONG):
        found.sure.setdefault(Amount(figure.kind, _short(value)), figure.words)


def _share_units(text: str, figures: list[_Figure], found: Named) -> None:
    """Give a number without a unit that of its neighbour, forwards ("€ 5 tot 10") and backwards ("5 à 10 %")."""
    for order in (figures, figures[::-1]):
        giver: _Figure | None = None
        for one, other in pairwise(order):
            first, second = min(one, other), max(one, other)
            between = text[first.end : second.start]
            is_joined = _BETWEEN.fullmatch(between) or (giver and between == ", ")
            giver = (giver if one.kind == "number" else one) if is_joined else None
            if giver and other.kind == "number":
                scale = other.scale or (giver.scale if other.number < _THOUSAND else 0)
                amount = Amount(giver.kind, _short(other.number.scaleb(scale)))
                found.unsure.setdefault(amount, text[first.start : second.end])


def _spelled(text: str, found: Named) -> None:
    for match in _SPELLED.finditer(text):
        value = _short(Decimal(_WORDS.get(match["number"].lower(), 0)).scaleb(_scale(match)))
        if not match["unit"]:
            found.bare.add(value)
        else:
            found.unsure.setdefault(Amount("euro" if match["euro"] else "percent", value), match[0])


def _scale(match: re.Match[str]) -> int:
    """Return the power of ten of a number; 0 for what is none (re takes a Turkish dotless i for an i)."""
    return _SCALES.get((match["scale"] or "").lower().rstrip("."), 0)


def _decimal(written: str) -> Decimal:
    digits = re.sub(r"[ ']", "", written)
    if re.fullmatch(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]+)?", digits):
        digits = digits.replace(".", "")
    elif re.fullmatch(r"[0-9]+(?:,[0-9]{3}){2,}|[0-9]+(?:,[0-9]{3})+\.[0-9]+", digits):
        digits = digits.replace(",", "")
    return Decimal(digits.replace(",", "."))


def _short(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
