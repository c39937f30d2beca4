"""Parity: the French and the Dutch text of a mailing are one message."""

import random
import re
import time
from collections.abc import Iterator

import pytest
from django.utils import translation

from mailings import parity
from mailings.parity import Finding, Report, Side, check
from mailings.parity.dates import MONTH_WORDS

FR = Side(
    "Soldes, chantiers et primes énergie : trois réponses cette semaine",
    "Une réponse par commune suffit.",
    "## 1. Ce que nous demandons\n\nMerci de répondre avant le 4 décembre.\n\n"
    "## 2. Mesures de soutien\n\nLa prime est prolongée jusqu’au **31 mars** 2027 : "
    "[le formulaire](https://hub.brussels/fr/prime).\n\n"
    "### [À l’agenda](https://fr.example.brussels/agenda)\n\n- lundi 30 novembre à 9 h 30\n  - du 1er au 5 février\n",
)
NL = Side(
    "Solden, werken en energiepremies: drie antwoorden deze week",
    "Eén antwoord per gemeente volstaat.",
    "## 1. Wat wij vragen\n\nGelieve te antwoorden vóór 4 december.\n\n"
    "## 2. Steunmaatregelen\n\nDe premie wordt verlengd tot *31 maart* 2027: "
    "[het formulier](https://hub.brussels/nl/prime).\n\n"
    "### [Op de agenda](https://nl.example.brussels/agenda)\n\n- maandag 30/11 om 9.30 uur\n  - van 1 tot 5 februari\n",
)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def test_two_texts_that_are_one_message_are_level() -> None:
    report = check(FR, NL)
    assert [line.label for line in report.lines] == [
        "Both texts are there",
        "3 headings in both languages",
        "Same links (2)",
        "Same dates (4)",
        "No amounts",
        "Same items in lists (2)",
        "No attachments",
    ]
    assert report.is_level
    assert all(line.is_ok for line in report.lines)
    assert report.blocking == report.findings == []


def test_short_texts_without_heading_link_or_date_are_level() -> None:
    report = check(Side("a", "", "un"), Side("b", "", "een"))
    assert [line.label for line in report.lines[1:]] == [
        "No headings",
        "No links",
        "No dates",
        "No amounts",
        "No lists",
        "No attachments",
    ]
    assert report.is_level


@pytest.mark.parametrize("empty", ["", " \n\t", "\u200b\u00ad", "\x01", "---"])
def test_a_body_that_shows_nothing_is_missing_and_nothing_else_is_said(empty: str) -> None:
    report = check(FR, NL._replace(body=empty))
    finding = _only(report)
    assert (finding.code, finding.language, finding.field) == ("empty", "nl", "body")
    assert len(report.lines) == 1
    assert finding.label == report.lines[0].label == "The text is missing in Dutch"
    assert finding.message == "In Dutch: Write the text."
    with translation.override("fr"):
        again = _only(check(FR, NL._replace(body=empty)))
    assert again.message == "En néerlandais\N{NO-BREAK SPACE}: Écrivez le texte."


def test_a_subject_is_missing() -> None:
    finding = _only(check(FR._replace(subject=" "), NL))
    assert (finding.code, finding.language, finding.field) == ("empty", "fr", "subject")
    assert finding.message == "In French: Write the subject."


@pytest.mark.parametrize(
    "subject", ["a\r\nBcc: x@example.org", "a\nb", "a\x85b", "a\u2028b", "a\x00b", "a\n"]
)
def test_a_subject_of_more_than_one_line(subject: str) -> None:
    finding = _only(check(FR, NL._replace(subject=subject)))
    assert (finding.code, finding.language, finding.field) == ("subject-lines", "nl", "subject")


def test_a_subject_of_more_than_200_characters() -> None:
    assert check(FR._replace(subject="é" * 200), NL).is_level
    finding = _only(check(FR._replace(subject="é" * 201), NL))
    assert (finding.code, finding.language, finding.field) == ("subject-long", "fr", "subject")
    assert "201" in finding.message


def test_a_preheader_on_one_side_only() -> None:
    finding = _only(check(FR._replace(preheader=""), NL))
    assert (finding.code, finding.language, finding.field) == ("preheader", "fr", "preheader")
    assert check(FR._replace(preheader=""), NL._replace(preheader=" ")).is_level


def test_a_heading_is_missing() -> None:
    finding = _only(check(FR, NL._replace(body=NL.body.replace("## 2. ", ""))))
    assert (finding.code, finding.language) == ("headings", "nl")
    assert finding.label == "A heading is missing in Dutch"
    assert re.search(r"2\D+3", finding.message)


def test_headings_of_different_levels() -> None:
    finding = _only(check(FR, NL._replace(body=NL.body.replace("### ", "#### "))))
    assert (finding.code, finding.language) == ("heading-level", "")
    assert finding.message == "Heading 3: “À l’agenda” is of level 3, “Op de agenda” of level 4."


def test_a_link_is_missing() -> None:
    finding = _only(
        check(FR, NL._replace(body=NL.body.replace("[het formulier](https://hub.brussels/nl/prime)", "-")))
    )
    assert (finding.code, finding.language) == ("links", "nl")
    assert finding.message.endswith("https://hub.brussels/fr/prime.")


def test_links_on_other_sites_are_for_a_look_and_do_not_block() -> None:
    report = check(
        Side("a", "", "<https://economie-emploi.brussels/x>"),
        Side("b", "", "[y](https://economie-werk.brussels/y)"),
    )
    (finding,) = report.findings
    assert (finding.code, finding.language, finding.is_blocking) == ("link-differs", "", False)
    assert report.is_level
    assert [(line.is_ok, line.is_blocking) for line in report.lines if line.code == "links"] == [
        (False, False)
    ]


@pytest.mark.parametrize(
    "address",
    [
        "/nl/prime",
        "https://",
        "javascript:alert(1)",
        "https://hub.brussels/[[name]]",
        "https://a b.brussels",
        "mailto:x",
    ],
)
def test_a_link_that_leads_nowhere_is_named(address: str) -> None:
    report = check(FR, NL._replace(body=NL.body.replace("https://hub.brussels/nl/prime", address)))
    finding = next(finding for finding in report.blocking if finding.code == "link")
    assert finding.language == "nl"
    assert f"“{address}”" in finding.message


def test_a_date_is_missing_and_named_in_the_language_that_lacks_it() -> None:
    report = check(FR, NL._replace(body=NL.body.replace(" tot *31 maart* 2027", "")))
    finding = _only(report)
    assert (finding.code, finding.language, finding.field) == ("date", "nl", "body")
    assert finding.message == "In Dutch: The date 31 maart 2027 is missing here."
    assert report.lines[3].label == finding.label == "A date is missing in Dutch"


def test_a_date_is_missing_in_french() -> None:
    report = check(FR._replace(body=FR.body.replace("lundi 30 novembre", "lundi")), NL)
    assert _only(report).message == "In French: The date 30 novembre is missing here."


def test_another_day_is_missing_on_both_sides() -> None:
    report = check(FR, NL._replace(body=NL.body.replace("4 december", "5 december")))
    assert [(finding.language, finding.message) for finding in report.blocking] == [
        ("fr", "In French: The date 5 décembre is missing here."),
        ("nl", "In Dutch: The date 4 december is missing here."),
    ]


def test_a_date_in_the_subject_may_stand_in_the_body_of_the_other_language() -> None:
    assert check(FR._replace(subject="Réponse avant le 4 décembre"), NL).is_level


def test_a_date_that_only_the_subject_names_is_missing_in_the_subject() -> None:
    finding = _only(check(FR._replace(subject="Réponse le 24 décembre"), NL))
    assert (finding.language, finding.field) == ("nl", "subject")


@pytest.mark.parametrize(
    ("fr", "nl", "is_level"),
    [
        ("31 mars 2027", "31 maart", True),
        ("31 mars", "31.03.2027", True),
        ("31 mars 2027 et 31 mars", "31 maart 2027", True),
        ("31 mars 2027 et 31 mars 2027", "31/3", True),
        ("31 mars 2027", "31 maart 2026", False),
        ("31 mars 2026 et 31 mars 2027", "31 maart 2026", False),
        ("du 1er au 5 mai", "van 1 mei tot 5 mei", True),
        ("du 1er au 5 mai", "van 1 t/m 5 mei", True),
        ("ouvert 24/7 le 4 mai", "altijd open op 4 mei", True),
        ("2/3 des commerces", "twee derde van de handelszaken", True),
        ("depuis le 12.11.", "sinds 13.11.", True),
    ],
)
def test_dates_with_and_without_year(fr: str, nl: str, is_level: bool) -> None:
    assert check(Side("a", "", fr), Side("b", "", nl)).is_level is is_level


def test_a_date_said_twice_is_missing_once() -> None:
    assert _only(check(Side("a", "", "31 mars 2027, 31 mars"), Side("b", "", "x"))).message.count("2027") == 1


def test_what_may_be_a_date_is_for_a_look() -> None:
    report = check(Side("a", "", "du 1er au 5 mai"), Side("b", "", "van 2 tot 5 mei"))
    assert [(finding.code, finding.language, finding.is_blocking) for finding in report.findings] == [
        ("date-unsure", "fr", False),
        ("date-unsure", "nl", False),
    ]
    assert "1 mei" in report.findings[1].message


def test_no_aspect_has_more_than_ten_findings_and_those_that_block_come_first() -> None:
    many = " ".join(f"[x](https://a{number}.example)" for number in range(50))
    others = many.replace("https://a", "https://b").replace("https://b49.example", "nowhere")
    (line,) = (
        line for line in check(Side("a", "", many), Side("b", "", others)).lines if line.code == "links"
    )
    assert len(line.findings) == 10
    assert [finding.is_blocking for finding in line.findings] == [True, *[False] * 9]


def test_template_and_format_syntax_are_words() -> None:
    odd = "{{ x }} {x.__class__} %(x)s %s <script>alert(1)</script>"
    report = check(Side(odd, "", f"# {odd}\n\n[{odd}](%(x)s)"), Side(odd, "", f"## {odd}\n\n[{odd}](%(x)s)"))
    assert {finding.code for finding in report.findings} == {"heading-level", "link"}


@pytest.mark.parametrize("seed", range(20))
def test_a_text_is_level_with_its_own_translation(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - not a secret
    body = "\n\n".join(_paragraph(chance) for _ in range(chance.randrange(1, 40)))
    subject, preheader = f"Édition {seed} du {_date(chance)}", chance.choice(["", "Une réponse suffit."])
    report = check(
        Side(subject, preheader, body), Side(_translated(subject), _translated(preheader), _translated(body))
    )
    assert report.findings == []


@pytest.mark.parametrize("seed", range(20))
def test_noise_is_compared_without_error(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - not a secret
    pieces = [
        *"#[]()<>*_`|-\\\n \t\x00\u200b&;!",
        "[x](",
        "https://",
        "mailto:",
        "31 mars",
        "é",
        "\ud83d",
        "](",
        "> ",
    ]
    fr, nl = (Side(*("".join(chance.choices(pieces, k=size)) for size in (10, 10, 400))) for _ in range(2))
    assert check(fr, nl).lines


def test_comparing_a_hundred_kilobytes_costs_about_what_reading_their_markdown_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    times = 100_000 // len(FR.body)
    fr, nl = FR._replace(body=FR.body * times), NL._replace(body=NL.body * times)
    started = time.process_time()
    parsed = {side.body: parity.outline(side.body) for side in (fr, nl)}
    read = time.process_time()
    monkeypatch.setattr(parity, "outline", parsed.__getitem__)
    assert check(fr, nl).is_level
    # Usually less; what grows with the square of the length would be a hundred times as much.
    assert time.process_time() - read < 5 * (read - started)


def _only(report: Report) -> Finding:
    (finding,) = report.blocking
    assert not report.is_level
    return finding


def _date(chance: random.Random) -> str:
    month = chance.choice([words.split()[0] for words in MONTH_WORDS["fr"].split("|")])
    day, number = chance.randrange(1, 29), chance.randrange(1, 13)
    year = chance.choice(["", " 2026", " 2027"])
    return chance.choice(
        [f"{'1er' if day == 1 else day} {month}{year}", f"{day:02}.{number:02}.2027", f"{day:02}/{number:02}"]
    )


def _paragraph(chance: random.Random) -> str:
    words = f"Réponse au {_date(chance)} à 9 h 30, puis le {_date(chance)} : 1819 ou 02 000 00 18."
    link = f"[lien](https://hub.brussels/fr/page-{chance.randrange(100)}?lang=fr)"
    return chance.choice(
        [
            words,
            f"{words} {link}",
            f"{'#' * chance.randrange(1, 7)} {words}",
            f"- {words}\n  - {link}",
            f"> **{words}**",
        ]
    )


def _translated(text: str) -> str:
    for fr, nl in zip(MONTH_WORDS["fr"].split("|"), MONTH_WORDS["nl"].split("|"), strict=True):
        text = re.sub(rf"\b{fr.split()[0]}\b", nl.split()[0], text)
    return text.replace("1er ", "1 ").replace("/fr/", "/nl/").replace("lang=fr", "lang=nl")
