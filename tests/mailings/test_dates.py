"""Dates as people write them in French and in Dutch, and all that only looks like one."""

import random
import time
from datetime import date, timedelta

import pytest

from mailings.parity.dates import Date, named, written


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("jusqu’au 31 mars 2027.", Date(3, 31, 2027)),
        ("le 31\N{NO-BREAK SPACE}mars\N{NARROW NO-BREAK SPACE}2027", Date(3, 31, 2027)),
        ("le 31\nmars\n2027", Date(3, 31, 2027)),
        ("1er décembre", Date(12, 1)),
        ("1ᵉʳ décembre", Date(12, 1)),
        ("1 er DÉCEMBRE", Date(12, 1)),
        ("1er de\u0301cembre", Date(12, 1)),
        ("lundi 30 novembre", Date(11, 30)),
        ("4 dec.", Date(12, 4)),
        ("4 déc. 2026", Date(12, 4, 2026)),
        ("15 août, 1819 commerces", Date(8, 15)),
        ("15 aout 1200 personnes", Date(8, 15)),
        ("le 3\u00ad1 m\u200bars\x00 2027", Date(3, 31, 2027)),
        ("29 février", Date(2, 29)),
    ],
)
def test_french_dates(text: str, expected: Date) -> None:
    assert list(named(text, "fr").sure) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tot 31 maart 2027", Date(3, 31, 2027)),
        ("maandag 30 november", Date(11, 30)),
        ("1 december", Date(12, 1)),
        ("de 1ste mei", Date(5, 1)),
        ("4 dec. 2026", Date(12, 4, 2026)),
        ("4 mrt", Date(3, 4)),
    ],
)
def test_dutch_dates(text: str, expected: Date) -> None:
    assert list(named(text, "nl").sure) == [expected]


@pytest.mark.parametrize("language", ["fr", "nl"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("04.12.2026", Date(12, 4, 2026)),
        ("4/12", Date(12, 4)),
        ("04/12/26.", Date(12, 4, 2026)),
        ("4-12-2026", Date(12, 4, 2026)),
        ("2026-12-04T09:30", Date(12, 4, 2026)),
        ("version 1.2.2026", Date(2, 1, 2026)),
        ("29.02.2028", Date(2, 29, 2028)),
    ],
)
def test_dates_in_figures(text: str, expected: Date, language: str) -> None:
    assert list(named(text, language).sure) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "31.02.2026", "29.02.2027", "32/12", "4/13", "00.12.2026", "99 mars", "0 mars", "31 avril", "2026-13-01",
        "1819", "note 2026/09", "02 000 00 18", "02/123.45.67", "0475/12.11.26", "+32 475 12 11 26", "04/12 34 56",
        "0456.789.012", "12.11.10.09", "3/4/5/6", "SRV-2026-12-04", "9 h 30", "9:30", "24/7", "7/7", "24h/24",
        "12,50 €", "10.12 €", "€ 10.12", "10.12 euros", "1 250 EUR", "12 %", "31 marsouins", "4 maires", "v1.2.2026",
        "31 maart 2027", "https://example.brussels/2026-12-04/4/12", "", "\x00", "3dec",
    ],
)  # fmt: skip
def test_what_is_no_date_in_french(text: str) -> None:
    assert named(text, "fr") == ({}, {})


@pytest.mark.parametrize("text", ["9.30 uur", "om 10.11 uur", "31 mars 2027", "4 meisjes", "tot 10.12 u"])
def test_what_is_no_date_in_dutch(text: str) -> None:
    assert named(text, "nl") == ({}, {})


@pytest.mark.parametrize("text", ["2/3 des commerces", "depuis le 12.11."])
def test_what_may_be_a_date_is_unsure(text: str) -> None:
    found = named(text, "fr")
    assert not found.sure
    assert len(found.unsure) == 1


def test_days_that_share_a_month_are_found_but_the_first_ones_are_unsure() -> None:
    found = named("du lundi 1er au vendredi 5 février 2027, puis les 2, 3 et 4 mai", "fr")
    assert list(found.sure) == [Date(2, 5, 2027), Date(5, 4)]
    assert list(found.unsure) == [Date(2, 1, 2027), Date(5, 2), Date(5, 3)]


@pytest.mark.parametrize("between", [" tot ", " tot en met ", " t/m ", "-", " – ", " en "])
def test_days_that_share_a_month_in_dutch(between: str) -> None:
    found = named(f"van 1{between}5 december", "nl")
    assert (list(found.sure), list(found.unsure)) == ([Date(12, 5)], [Date(12, 1)])


def test_a_date_is_written_as_its_language_does() -> None:
    assert written(Date(3, 31, 2027), "nl") == "31 maart 2027"
    assert written(Date(3, 1), "nl") == "1 maart"
    assert written(Date(3, 1, 2027), "fr") == "1er mars 2027"
    assert written(Date(8, 15), "fr") == "15 août"


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_every_day_is_read_as_it_is_written(language: str) -> None:
    for number in range(366):
        day = date(2028, 1, 1) + timedelta(number)
        expected = Date(day.month, day.day, day.year)
        for text in (written(expected, language), f"{day:%d.%m.%Y}", f"{day:%d/%m/%Y}", f"{day:%Y-%m-%d}"):
            assert list(named(f"({text})", language).sure) == [expected]


def test_noise_is_read_without_error() -> None:
    chance = random.Random(7)  # noqa: S311 - not a secret
    pieces = [
        *"0123456789./-–, \u0131\u0130ſ²½٣",
        "mars",
        "ju\u0131n",
        "AOÛT",
        "er",
        "et",
        "tot",
        "€",
        "\n",
        "janv",
    ]
    for _ in range(3000):
        text = "".join(chance.choices(pieces, k=12))
        assert all(1 <= found.day <= 31 for language in ("fr", "nl") for found in named(text, language).sure)


@pytest.mark.parametrize("piece", ["1, ", "1 et ", "1/2/", "12.11 ", "1-", "1", " ", "30 mars et "])
def test_a_hundred_kilobytes_of_anything_take_no_second(piece: str) -> None:
    started = time.process_time()
    named(piece * (100_000 // len(piece)), "fr")
    assert time.process_time() - started < 1
