"""The dates that a French or a Dutch text names, as people write them."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from django.utils import translation
from django.utils.dates import MONTHS

from mailings.parity.wording import readable

# By language, the twelve months, each with its abbreviations.
MONTH_WORDS: Final = {
    "fr": (
        "janvier janv jan|février fevrier févr fevr fév fev|mars|avril avr|mai|juin|juillet juil|août aout"
        "|septembre sept|octobre oct|novembre nov|décembre decembre déc dec"
    ),
    "nl": (
        "januari jan|februari febr feb|maart mrt|april apr|mei|juni jun|juli jul|augustus aug"
        "|september sept sep|oktober okt|november nov|december dec"
    ),
}
_NUMBERS: Final = {
    language: {word: number for number, words in enumerate(names.split("|"), 1) for word in words.split()}
    for language, names in MONTH_WORDS.items()
}
# What follows the number of a day (after NFKC, so a raised "er" is "er"), what stands between two days of one
# month ("du 1er au 5 décembre"), and the days of the week that may stand before the second.
_ORDINAL: Final = {"fr": r"(?:\ ?er)?", "nl": r"(?:ste|de|e)?"}
_BETWEEN: Final = {"fr": r"et|ou|au|à|jusqu'au", "nl": r"en|of|à|tot|tem|t/m|t\.e\.m\.|tot\ en\ met"}
_WEEKDAYS: Final = {
    "fr": r"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche",
    "nl": r"maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag",
}
_YEARS: Final = range(1900, 2200)
_DAYS_OF_MONTH: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# "24/7" and "7/7" are how long a counter is open.
_ALWAYS_OPEN: Final = {"24/7", "7/7"}


class Date(NamedTuple):
    """A day; without a year where the text gives none."""

    month: int
    day: int
    year: int | None = None


class Named(NamedTuple):
    """The dates of a text: those that are nothing else, and those that may be ("2/3", "12.11")."""

    sure: dict[Date, str]
    """The words of the text, by date, in the order of the text."""
    unsure: dict[Date, str]


def _pattern(language: str) -> re.Pattern[str]:
    months = "|".join(sorted(_NUMBERS[language], key=len, reverse=True))
    ordinal = _ORDINAL[language]
    between = (
        rf"(?:,\ |\ ?[-–/&]\ ?|\ (?:{_BETWEEN[language]})\ )(?:le\ |op\ )?(?:(?:{_WEEKDAYS[language]})\ )?"
    )
    return re.compile(
        rf"""
        \b(?=[0-9])                                  # nothing of a word or of another number before,
        (?<![0-9][.,])                               # 9.30, 1,5; telephones and references are caught below
        (?:
            (?P<others>(?:[0-9]{{1,2}}{ordinal}{between}){{0,6}})
            (?P<day>[0-9]{{1,2}}){ordinal}[ -](?P<word>{months})(?!\w)(?:\.?[ -](?P<year>(?:19|20|21)[0-9]{{2}})(?!\w))?
          | (?<!\w[-./])(?P<iso>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})(?![-0-9])
          | (?<!\w[-./])(?P<dashed>[0-9]{{1,2}}-[0-9]{{1,2}}-(?:[0-9]{{4}}|[0-9]{{2}}))(?!\w|[-./]\w)
          | (?<!\w[./])(?P<full>[0-9]{{1,2}}(?P<sign>[./])[0-9]{{1,2}}(?P=sign)(?:[0-9]{{4}}|[0-9]{{2}}))(?!\w|[./]\w)
          | (?<!\w[./])(?P<slashed>[0-9]{{1,2}}/[0-9]{{1,2}})(?!\w|[./]\w|\ ?%|(?:\ [0-9]{{2}}){{2}})
          | (?<!\w[./])(?<!€\ )(?<!€)(?<!EUR\ )(?P<dotted>[0-9]{{2}}\.[0-9]{{2}})
            (?!\w|[-.,/][0-9]|\ ?(?:€|%|euro|eur\b|u\b|uur|h\b))
        )
        """,
        re.VERBOSE | re.IGNORECASE,
    )


_PATTERNS: Final = {language: _pattern(language) for language in MONTH_WORDS}


def named(text: str, language: str) -> Named:
    """Return the dates of one paragraph in French ("fr") or Dutch ("nl"), each once."""
    found = Named({}, {})
    for match in _PATTERNS[language].finditer(readable(text)):
        for date, is_sure in _dates(match, language):
            (found.sure if is_sure else found.unsure).setdefault(date, match[0])
    return found


def without(text: str, language: str) -> str:
    """Return a readable text with a mark in place of each date, so that its numbers are taken for nothing else."""

    def marked(match: re.Match[str]) -> str:
        return "|" if next(_dates(match, language), None) else match[0]

    return _PATTERNS[language].sub(marked, text)


def written(date: Date, language: str) -> str:
    """Return the date as that language writes it: "1er mars 2027", "1 maart 2027", "1 maart"."""
    with translation.override(language):
        month = str(MONTHS[date.month])
    day = "1er" if language == "fr" and date.day == 1 else str(date.day)
    return " ".join(part for part in (day, month, str(date.year or "")) if part)


def _dates(match: re.Match[str], language: str) -> Iterator[tuple[Date, bool]]:
    """Yield the real dates of a match and whether each is surely meant as one."""
    if word := match["word"]:
        # 0, so no date: re takes a Turkish dotless i for an i.
        month, year = _NUMBERS[language].get(word.lower(), 0), match["year"]
        for day in re.findall(r"[0-9]+", match["others"]):
            yield from _real(day, month, year, is_sure=False)
        yield from _real(match["day"], month, year, is_sure=True)
    elif iso := match["iso"]:
        year, month_number, day = iso.split("-")
        yield from _real(day, month_number, year, is_sure=True)
    elif full := match["dashed"] or match["full"]:
        day, month_number, year = re.split(r"[-./]", full)
        yield from _real(day, month_number, year, is_sure=True)
    elif (pair := match["slashed"] or match["dotted"]) not in _ALWAYS_OPEN:
        day, month_number = re.split(r"[./]", pair)
        # "2/3" may be a fraction and "12.11" a price.
        yield from _real(day, month_number, None, is_sure="/" in pair and len(pair) > len("2/3"))


def _real(day: str, month: str | int, year: str | None, *, is_sure: bool) -> Iterator[tuple[Date, bool]]:
    """Yield the date when the calendar has it."""
    number, full_year = int(month), None
    if year is not None:
        full_year = int(year) + (2000 if len(year) == len("26") else 0)
    if not 1 <= number <= len(_DAYS_OF_MONTH) or (full_year is not None and full_year not in _YEARS):
        return
    is_leap = full_year is None or (full_year % 4 == 0 and (full_year % 100 != 0 or full_year % 400 == 0))
    last = _DAYS_OF_MONTH[number - 1] - (number == 2 and not is_leap)
    if 1 <= int(day) <= last:
        yield Date(number, int(day), full_year), is_sure
