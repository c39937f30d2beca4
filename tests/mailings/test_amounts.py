"""Amounts and lists: the same in both languages, however each writes them, and all that only looks like one."""

import random
import time
from collections.abc import Iterator

import pytest
from django.utils import translation

from mailings.parity import Finding, Report, Side, check
from mailings.parity.amounts import Amount, named

NB, NARROW, THIN = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}", "\N{THIN SPACE}"

# Each row is one amount, in all the ways that people write it.
SAME = {
    Amount("euro", "2350"): [
        "2 350 €", f"2{NB}350{NB}€", f"2{NARROW}350{NARROW}€", f"2{THIN}350 €", "2350 €", "2350€", "2.350 €",
        "€ 2.350", "€2.350", f"€{NB}2 350", "EUR 2.350", "2.350 EUR", "2 350 euros", "2.350 euro", "2350 Euro",
        "2.350,00 euro", "2 350,00 €", "€ 2.350,-", "€ 2.350,--", "2.350,– euro", "2'350 €", "2’350 €",
        "2,350.00 €", "2 350 d’euros",
    ],
    Amount("euro", "2350.5"): [
        "2 350,50 euros", "2.350,50 euro", "€ 2.350,50", "2350,5 €", "2 350.50 €", "€ 2,350.50", "2350.50 EUR",
    ],
    Amount("euro", "2500000"): [
        "2 500 000 €", "€ 2.500.000", "2,5 millions d’euros", "2,5 miljoen euro", "2,5 millions €", "€ 2,5 miljoen",
        "2,5 mln euro", "2,5 M€", "2 500 k€", "2500 duizend euro", "EUR 2,500,000",
    ],
    Amount("euro", "15000"): ["15 000 €", "€ 15.000", "15 mille euros", "15 duizend euro", "15 k€"],
    Amount("percent", "12.5"): [
        "12,5 %", "12,5%", f"12,5{NARROW}%", "12.5 %", "12,50 %", "12,5 pour cent", "12,5 procent", "12,5 p.c.",
        "12,5 pct",
    ],
    Amount("percent", "5"): ["5 %", "5%", "5 procent", "5,0 %", "５％", "5%-regel", "(5 %)"],
    Amount("number", "12500"): ["12 500 commerces", "12.500 handelszaken", "12500 winkels", f"12{NARROW}500"],
    Amount("number", "1200000"): [
        "1 200 000 habitants", "1.200.000 inwoners", "1,2 million d’habitants", "1,2 miljoen inwoners",
    ],
    Amount("number", "020000018"): [
        "02 000 00 18", "02/000.00.18", "02/000 00 18", "(02) 000 00 18", "+32 2 000 00 18", "+32 (0)2 000 00 18",
        "0032 2 000 00 18", "02-000-00-18", "020000018", f"02{NB}000{NB}00{NB}18",
    ],
    Amount("number", "0470000018"): ["0470 00 00 18", "0470/00.00.18", "+32 470 00 00 18", "0470000018"],
    Amount("number", "080012345"): ["0800 12 345", "0800/12.345", "0800 12345"],
    Amount("number", "0123456789"): ["0123.456.789", "BE 0123.456.789", "BE0123456789", "0123 456 789"],
    Amount("euro", "1000000000"): ["1000000000 €", "1 000 000 000 €", "€ 1.000.000.000", "1 miljard euro", "1 mld €"],
    Amount("number", "BE68539007547034"): ["BE68 5390 0754 7034", "BE68539007547034"],
}  # fmt: skip
WRITINGS = [(amount, words) for amount, ways in SAME.items() for words in ways]
NOTHING = [
    "le 31 mars 2027", "31.03.2027", "31/03/2027", "2027-03-31", "31-03-2027", "30/11", "9 h 30", "9h30", "9.30 uur",
    "van 9 tot 17.30 u", "de 9 h à 13 h", "article 12", "art. 12345", "artikel 12.345", "§ 10000", "article VI.104/1",
    "https://hub.brussels/fr/2026123456?prix=250€", "www.hub.brussels/12345678", "hub.brussels/nl/123456",
    "guichet12345@hub.example", "note 2026/09", "dossier BR-2026-12345", "1819", "19 communes", "1000 Bruxelles",
    "2026-2027", "24/7", "en 2026", "A12345", "300 m²", "2 km", "50 eurocentral", "x2", "europe 2030",
    "12 percentielen", "1.2.3.4", "10.100.5", "édition 47", "[[name]]", "½", "%", "€", "€ x", "",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def compared(fr: str, nl: str) -> Report:
    """Compare two bodies of one paragraph."""
    return check(Side("a", "", f"x {fr}"), Side("b", "", f"y {nl}"))


@pytest.mark.parametrize(("amount", "words"), WRITINGS)
@pytest.mark.parametrize("language", ["fr", "nl"])
def test_each_writing_is_the_same_amount_in_both_languages(amount: Amount, words: str, language: str) -> None:
    for text in (words, f"({words})", f"Texte : {words}.", f"{words}, puis le reste", f"en 2026 : {words} ;"):
        assert list(named(text, language).sure) == [amount], text


@pytest.mark.parametrize("seed", range(20))
def test_texts_with_the_same_amounts_in_other_writings_are_level(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - not a secret
    rows = chance.sample(list(SAME.values()), 5)
    fr, nl = (" ; ".join(chance.choice(ways) for ways in rows) for _ in range(2))
    assert compared(fr, nl).findings == []


@pytest.mark.parametrize("seed", range(30))
def test_any_number_is_the_same_in_any_writing(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - not a secret
    whole, cents = chance.randrange(1, 10 ** chance.randrange(2, 10)), chance.choice([0, 5, 50, 99])
    groups, decimals = f"{whole:,}", f",{cents:02}" if cents else chance.choice(["", ",00"])
    french = f"{groups.replace(',', chance.choice([' ', NB, NARROW, '.', '']))}{decimals}"
    dutch = f"{groups.replace(',', chance.choice(['.', ' ', '']))}{decimals}"
    for fr, nl in (
        (f"{french} €", f"€ {dutch}"),
        (f"{french}{NB}euros", f"{dutch} euro"),
        (f"{french} %", f"{dutch}%"),
        (f"EUR {french}", f"{dutch} EUR"),
    ):
        assert compared(fr, nl).findings == [], (fr, nl)
        other = nl.replace(dutch, f"{whole + 1}{decimals}")
        assert {one.language for one in compared(fr, other).findings} == {"fr", "nl"}, (fr, other)


@pytest.mark.parametrize(
    "text", ["2 m\u0131llions d’euros", "d\u0131x euros", "S\u0130X euro", "2 M\u0130LJOEN euro"]
)
def test_a_letter_that_only_looks_like_one_stops_nothing(text: str) -> None:
    assert compared(text, text).findings == []


@pytest.mark.parametrize("amount", SAME)
def test_each_amount_that_one_text_lacks_is_named_with_the_side(amount: Amount) -> None:
    words = SAME[amount][0]
    (finding,) = compared(words, "niets").findings
    assert (finding.code, finding.language, finding.is_blocking, finding.field) == (
        "amount",
        "nl",
        True,
        "body",
    )
    assert finding.label == "An amount or a number is missing in Dutch"
    (finding,) = compared("rien", words).findings
    assert (finding.code, finding.language, finding.is_blocking) == ("amount", "fr", True)


def test_the_message_is_in_the_language_of_who_reads_it() -> None:
    assert _only(compared("2 350 €", "x")).message == "“2 350 €” stands in French and is missing in Dutch."
    with translation.override("fr"):
        assert _only(compared("x", "€ 2.350")).message == (
            "«\N{NO-BREAK SPACE}€ 2.350\N{NO-BREAK SPACE}» figure en néerlandais et manque en français."
        )
    with translation.override("nl"):
        finding = _only(compared("2 350 €", "x"))
        assert finding.message == "“2 350 €” staat in het Frans en ontbreekt in het Nederlands."


@pytest.mark.parametrize(
    ("fr", "nl"),
    [
        ("2 350 €", "€ 2.530"),
        ("12,5 %", "1,25 %"),
        ("5 %", "5 euro"),
        ("2 350 €", "€ 2.350,50"),
        ("2 millions d’euros", "2 miljard euro"),
        ("02 000 00 18", "02 000 00 81"),
        ("10 000 habitants", "100.000 inwoners"),
    ],
)
def test_another_amount_is_missing_on_both_sides(fr: str, nl: str) -> None:
    report = compared(fr, nl)
    assert [(finding.language, finding.is_blocking) for finding in report.findings] == [
        ("fr", True),
        ("nl", True),
    ]


@pytest.mark.parametrize("text", NOTHING)
@pytest.mark.parametrize("language", ["fr", "nl"])
def test_what_is_no_amount(text: str, language: str) -> None:
    found = named(text, language)
    assert (found.sure, found.unsure) == ({}, {})


@pytest.mark.parametrize(
    ("fr", "nl"),
    [
        ("de 500 à 2 500 euros", "van € 500 tot € 2.500"),
        ("500 € à 2 500 €", "500 tot 2.500 euro"),
        ("5, 10 et 15 %", "5 %, 10 % en 15 %"),
        ("de 2 à 3 millions d’euros", "€ 2.000.000 tot € 3.000.000"),
        ("15 000 à 20 000 €", "€ 15.000 tot € 20.000"),
        ("5-10 %", "5 tot 10 %"),
        ("cinq euros", "5 euro"),
        ("1 million d’euros", "een miljoen euro"),
        ("dix pour cent", "10 procent"),
        ("1 million d’habitants", "één miljoen inwoners"),
        ("10 000 visiteurs", "tienduizend bezoekers"),
        ("2 350 €, encore 2 350 €", "€ 2.350"),
        ("le 31 mars 2027 10 000 visiteurs", "10.000 bezoekers op 31 maart 2027"),
        ("en 2026 2 350 €", "€ 2.350 in 2026"),
        ("le 31 mars, 5 communes et 10 %", "op 31 maart 5 gemeenten en 10 %"),
        ("en 2026, 5 % des 19 communes", "5 % van de 19 gemeenten in 2026"),
        ("appelez le 02 000 00 18 de 9 h à 12 h", "bel 02/000.00.18 van 9 tot 12 uur"),
        ("9 h 30 : 5 €", "9.30 uur: 5 euro"),
        ("2 350 €\n500 €", "€ 2.350\n€ 500"),
        ("| a | b |\n|---|---|\n| 100 | 200 € |", "| a | b |\n|---|---|\n| 100 | € 200 |"),
    ],
)
def test_no_false_alarm(fr: str, nl: str) -> None:
    assert compared(fr, nl).findings == []


@pytest.mark.parametrize(
    ("fr", "nl", "message"),
    [
        ("2 350 €", "2.350", "Is “2 350 €” of the French text missing in Dutch?"),
        (
            "de 500 à 2 500 €",
            "van 400 tot 2.500 euro",
            "Is “500 à 2 500 €” of the French text missing in Dutch?",
        ),
        ("100 % local", "helemaal lokaal", "Is “100 %” of the French text missing in Dutch?"),
        ("cinq euros", "niets", "Is “cinq euros” of the French text missing in Dutch?"),
    ],
)
def test_what_may_be_there_in_another_form_is_for_a_look(fr: str, nl: str, message: str) -> None:
    report = compared(fr, nl)
    assert message in [finding.message for finding in report.findings]
    assert {finding.code for finding in report.findings} == {"amount-unsure"}
    assert report.is_level


def test_an_amount_of_the_subject_may_stand_in_the_body_of_the_other_language() -> None:
    assert check(Side("Prime de 2 350 €", "", "a"), Side("Premie", "", "Premie van € 2.350")).is_level
    finding = _only(check(Side("Prime de 2 350 €", "", "a"), Side("Premie", "", "b")))
    assert (finding.language, finding.field) == ("nl", "subject")


def test_equal_amounts_are_counted() -> None:
    labels = [
        line.label for line in compared("5 % de 2 350 €, 02 000 00 18", "5 % van € 2.350, 02/000.00.18").lines
    ]
    assert labels[4] == "Same amounts and long numbers (3)"


@pytest.mark.parametrize(
    ("fr", "nl", "expected"),
    [
        ("- a\n- b\n- c", "- a\n- b", "Items in the list before the first heading: 3 in French, 2 in Dutch."),
        (
            "# T\n\n1. a\n2. b",
            "# U\n\n1. a\n2. b\n3. c",
            "Items in the list under “T”: 2 in French, 3 in Dutch.",
        ),
        ("# T\n\n- a", "# U\n\na", "Items in the list under “T”: 1 in French, 0 in Dutch."),
        (
            "- a\n  - b\n  - c",
            "- a\n  - b",
            "Items in the list before the first heading: 2 in French, 1 in Dutch.",
        ),
    ],
)
def test_a_shorter_list_is_for_a_look(fr: str, nl: str, expected: str) -> None:
    report = check(Side("a", "", fr), Side("b", "", nl))
    (finding,) = report.findings
    assert (finding.code, finding.message, finding.is_blocking) == ("list", expected, False)
    assert finding.label.startswith("A list is shorter in ")
    assert report.is_level


@pytest.mark.parametrize(
    ("fr", "nl"),
    [
        ("- a\n- b", "1. a\n2. b"),
        ("- a\n\nx\n\n- b", "- a\n- b"),
        ("- a\n- b\n\n# T\n\n- c", "- a\n- b\n\n# T\n\n- c"),
        ("x", "y"),
    ],
)
def test_lists_as_long_are_level(fr: str, nl: str) -> None:
    assert check(Side("a", "", fr), Side("b", "", nl)).findings == []


def test_lists_are_not_compared_while_a_heading_is_missing() -> None:
    report = check(Side("a", "", "# T\n\n- a\n- b"), Side("b", "", "- a"))
    assert {finding.code for finding in report.findings} == {"headings"}


@pytest.mark.parametrize(
    "piece", ["1 ", "1.", "0", "02 ", "+32 ", "€ ", "1 000 ", "1,", "x@", "5 et ", "a.be/", "BE00 "]
)
def test_a_hundred_kilobytes_of_anything_are_read_in_time(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    started = time.process_time()
    named(text, "fr")
    assert time.process_time() - started < 2


def _only(report: Report) -> Finding:
    (finding,) = report.blocking
    return finding
