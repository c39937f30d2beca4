"""Reading the file of a new college: each line whole and right, or a list of what is wrong, by line and column."""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from communes.models import Mandate, Portfolio
from hubportal.accounts.models import User

COLUMNS: Final = (
    *("nis", "office", "rank", "first_name", "last_name"),
    *("email", "phone", "language", "portfolios"),
)
EXAMPLE: Final = (
    ("bourgmestre", "", "Claire", "Exemple", "claire.exemple@commune.example", "02 000 00 19", "fr", "other"),
    ("echevin", "1", "Jan", "Voorbeeld", "jan.voorbeeld@commune.example", "", "nl", "trade|economy"),
)
MOST: Final = 30
"""Members of a college: the law knows ten at most."""
BYTES: Final = 200_000
RANKS: Final = 20
_FORMULA: Final = re.compile(r"^[=+\-@]")
_OF_A_PERSON: Final = {"content_language": "language"}


class Fault(NamedTuple):
    """What is wrong, where: the line as an editor counts it, the column; both empty for the file as a whole."""

    line: int | None
    column: str
    text: str | Promise


class Found(NamedTuple):
    """The rows of a file, and what is wrong with it."""

    rows: list[dict[str, Any]]
    faults: list[Fault]


def read(content: bytes, nis: str) -> Found:
    """Return the members for a commune, in the order of the file; rows are of use only without faults."""
    try:
        text = content.decode("utf-8-sig")
        lines = list(_lines(text))
    except UnicodeDecodeError:
        return Found([], [Fault(None, "", _("Save the file as “CSV UTF-8”: its accents cannot be read."))])
    except csv.Error:
        return Found([], [Fault(None, "", _("Close each quotation mark: the lines cannot be told apart."))])
    if not lines:
        return Found([], [Fault(None, "", _("The file is empty."))])
    (_number, head), *body = lines
    names = [name.strip().lower() for name in head]
    faults = list(_head(names))
    if faults:
        return Found([], faults)
    if not body or len(body) > MOST:
        words = _("Give one line for each member, %(most)s at most; the file has %(found)s.")
        return Found([], [Fault(None, "", words % {"most": MOST, "found": len(body)})])
    rows = []
    for number, cells in body:
        row, wrong = _row(number, dict(zip(names, cells, strict=False)), nis)
        if len(cells) != len(names):
            wrong = [Fault(number, "", _("This line has more or fewer cells than the first one."))]
        rows.append((number, row))
        faults += wrong
    return Found([row for _line, row in rows], faults or list(_together(rows)))


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines that hold something, each with its number; semicolons or commas, as the first line has them."""
    first = text.lstrip().partition("\n")[0]
    mark = ";" if first.count(";") >= first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield reader.line_num, cells


def _head(names: list[str]) -> Iterator[Fault]:
    yield from (Fault(1, name, _("This column is missing.")) for name in COLUMNS if name not in names)
    yield from (Fault(1, name, _("This column is not known.")) for name in names if name not in COLUMNS)
    yield from (
        Fault(1, name, _("This column stands here twice."))
        for name, times in Counter(names).items()
        if times > 1
    )


def _row(number: int, cells: dict[str, str], nis: str) -> tuple[dict[str, Any], list[Fault]]:
    """Return a member, and what is wrong with the line."""
    row: dict[str, Any] = {name: cells.get(name, "").strip() for name in COLUMNS}
    faults = [Fault(number, name, text) for name, text in _signs(row)]
    row["email"] = row["email"].lower()
    row["language"] = row["language"].lower()
    office = row["office"].lower().replace("é", "e")
    rank, codes = row["rank"], re.split(r"[|,;/\s]+", row["portfolios"].lower())
    row |= {"office": office, "portfolios": [code for code in codes if code]}
    if row.pop("nis") != nis:
        faults.append(Fault(number, "nis", _("This is not the NIS code of the commune that you chose.")))
    if office not in Mandate.Office.values:
        faults.append(Fault(number, "office", _("Write bourgmestre or echevin.")))
    row["rank"] = int(rank) if re.fullmatch(r"[0-9]{1,2}", rank) and 1 <= int(rank) <= RANKS else None
    if rank and (row["rank"] is None or office == Mandate.Office.BOURGMESTRE):
        faults.append(
            Fault(number, "rank", _("Only an échevin has a rank: a number from 1 to 20, or nothing."))
        )
    if set(row["portfolios"]) - set(Portfolio.values):
        codes_known = ", ".join(Portfolio.values)
        faults.append(
            Fault(number, "portfolios", _("Write only these codes: %(codes)s.") % {"codes": codes_known})
        )
    elif len(set(row["portfolios"])) < len(row["portfolios"]):
        faults.append(Fault(number, "portfolios", _("Write each code once.")))
    return row, faults or list(_person(number, row))


def _signs(row: dict[str, Any]) -> Iterator[tuple[str, str | Promise]]:
    """Yield the cells that would act in a spreadsheet, or hold what cannot be seen."""
    for name, text in row.items():
        begins = text[1:] if name == "phone" and text.startswith("+") else text
        if _FORMULA.match(begins):
            yield name, _("A cell may not begin with =, +, - or @.")
        elif any(unicodedata.category(sign).startswith("C") for sign in text):
            yield name, _("This cell holds a sign that cannot be seen: write it again.")


def _person(number: int, row: dict[str, Any]) -> Iterator[Fault]:
    """Yield what the record of a person would refuse."""
    person = User(
        email=row["email"] or None, first_name=row["first_name"], last_name=row["last_name"],
        phone=row["phone"], content_language=row["language"],
    )  # fmt: skip
    checked = {"email", "first_name", "last_name", "phone", "content_language"}
    others = {field.name for field in User._meta.fields} - checked
    try:
        person.clean_fields(exclude=others)
    except ValidationError as error:
        for name, texts in error.message_dict.items():
            yield from (Fault(number, _OF_A_PERSON.get(name, name), text) for text in texts)


def _together(rows: list[tuple[int, dict[str, Any]]]) -> Iterator[Fault]:
    """Yield what the lines refuse each other."""
    kinds = (
        ("email", lambda row: row["email"], _("This address stands on another line already.")),
        ("last_name", _name, _("This person stands on another line already.")),
        ("rank", lambda row: row["rank"], _("This rank stands on another line already.")),
    )
    for column, key, text in kinds:
        seen: set[Any] = set()
        for number, row in rows:
            value = key(row)
            if value and value in seen:
                yield Fault(number, column, text)
            seen.add(value)
    mayors = [number for number, row in rows if row["office"] == Mandate.Office.BOURGMESTRE]
    if len(mayors) != 1:
        yield Fault(mayors[1] if mayors else None, "office", _("A college has one bourgmestre."))


def _name(row: dict[str, Any]) -> str:
    return f"{row['first_name']} {row['last_name']}".casefold()
