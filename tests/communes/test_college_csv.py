"""The file of a new college: whole and right, or what is wrong by line and column."""

import pytest
from django.utils import translation

from communes.college_csv import read
from tests.cast import COMMUNE_A, COMMUNE_B
from tests.communes.colleges import MAYOR, NADIA, a_file, line

GOOD = (line(**MAYOR), line(**NADIA))


def faults(*lines: dict[str, str], content: bytes | None = None) -> list[tuple[int | None, str, str]]:
    """Return what is wrong with a file, in English."""
    with translation.override("en"):
        found = read(content if content is not None else a_file(*lines), COMMUNE_A).faults
        return [(fault.line, fault.column, str(fault.text)) for fault in found]


def wrong(**cells: str) -> list[tuple[int | None, str]]:
    """Return where a file is wrong whose second member has these cells."""
    return [place[:2] for place in faults(line(**MAYOR), line(**{**NADIA, **cells}))]


@pytest.mark.parametrize("bom", [True, False])
@pytest.mark.parametrize("mark", [";", ","])
def test_semicolons_or_commas_with_or_without_a_mark(mark: str, bom: bool) -> None:
    rows, found = read(a_file(*GOOD, mark=mark, bom=bom), COMMUNE_A)
    assert found == []
    assert [(row["office"], row["rank"], row["last_name"], row["portfolios"]) for row in rows] == [
        ("bourgmestre", None, "Nouvelle", []), ("echevin", 1, "Échevine", ["trade", "works"]),
    ]  # fmt: skip


def test_an_empty_line_is_passed_over_and_lines_keep_their_number() -> None:
    content = a_file(*GOOD).replace(b"\r\n", b"\r\n;;;;;;;;\r\n", 1).replace(b"trade|works", b"shops")
    assert [place[:2] for place in faults(content=content)] == [(4, "portfolios")]


def test_the_most_lines_are_told_and_how_many_there_are() -> None:
    assert faults(*[line(**NADIA)] * 31) == [
        (None, "", "Give one line for each member, 30 at most; the file has 31.")
    ]


def test_blank_last_lines_are_none() -> None:
    rows, found = read(a_file(*GOOD, bom=True) + b"\r\n;;;;;;;;\r\n  \r\n\r\n", COMMUNE_A)
    assert (len(rows), found) == (2, [])


def test_another_encoding_is_told() -> None:
    for encoding in ("latin-1", "cp1252"):
        content = a_file(*GOOD).decode().encode(encoding)
        assert faults(content=content) == [
            (None, "", "Save the file as “CSV UTF-8”: its accents cannot be read.")
        ]


def test_an_empty_file_is_told() -> None:
    assert faults(content=b"\xef\xbb\xbf\r\n") == [(None, "", "The file is empty.")]


def test_a_quotation_mark_that_is_not_closed_is_told() -> None:
    assert len(faults(content=a_file(line(**{**MAYOR, "first_name": '"Claire'})))) == 1


def test_a_column_that_is_missing_unknown_or_there_twice_is_told() -> None:
    content = a_file(*GOOD).replace(b"phone;language", b"gsm;rank")
    assert [(place, column) for place, column, _text in faults(content=content)] == [
        (1, "phone"), (1, "language"), (1, "gsm"), (1, "rank"),
    ]  # fmt: skip


def test_a_line_with_more_cells_is_told() -> None:
    content = a_file(*GOOD).replace(b"trade|works", b"trade;works")
    assert [place[:2] for place in faults(content=content)] == [(3, "")]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("nis", COMMUNE_B), ("nis", "21020"), ("office", "schepen"), ("rank", "0"), ("rank", "1.5"), ("rank", "٣"),
        ("rank", "21"), ("first_name", ""), ("last_name", ""), ("last_name", "x" * 121),
        ("email", "nadia"), ("email", "a@b"), ("phone", "on request"), ("language", "en"),
        ("portfolios", "trade|shops"), ("portfolios", "trade|trade"),
        ("first_name", "=HYPERLINK(1)"), ("last_name", "@SUM(A1)"), ("phone", "+=1+1"), ("email", "-x@a.example"),
        ("last_name", "Éche\u200bvine"), ("first_name", "Nadia\u202e"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_told_by_line_and_column(column: str, value: str) -> None:
    assert set(wrong(**{column: value})) == {(3, column)}


def test_a_telephone_may_begin_with_a_plus() -> None:
    assert wrong(phone="+32 2 000 00 19") == []


def test_a_bourgmestre_has_no_rank() -> None:
    assert [place[:2] for place in faults(line(**MAYOR, rank="1"))] == [(2, "rank")]


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("email", {"first_name": "X", "last_name": "Y", "rank": "2"}),
        ("last_name", {"email": "", "rank": "2"}),
        ("rank", {"email": "x@a.example", "first_name": "X", "last_name": "Y"}),
    ],
)
def test_what_stands_there_twice_is_told(column: str, cells: dict[str, str]) -> None:
    found = faults(line(**MAYOR), line(**NADIA), line(**{**NADIA, **cells}))
    assert [place[:2] for place in found] == [(4, column)]


def test_a_college_has_one_bourgmestre() -> None:
    assert [place[:2] for place in faults(line(**NADIA))] == [(None, "office")]
    second = {**MAYOR, "first_name": "X", "email": "x@a.example"}
    assert [place[:2] for place in faults(line(**MAYOR), line(**second))] == [(3, "office")]


def test_the_words_are_in_the_language_of_the_reader() -> None:
    with translation.override("nl"):
        (fault,) = read(a_file(line(**MAYOR), line(COMMUNE_B, **NADIA)), COMMUNE_A).faults
        assert str(fault.text) == "Dit is niet de NIS-code van de gemeente die u koos."
