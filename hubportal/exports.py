"""Tables for a spreadsheet: CSV row by row, XLSX in one piece; no cell begins a formula, none holds a control sign.

Whoever opens them must be able to trust them: a text that begins like a formula is shown, never computed (OWASP, CSV
injection).
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any, Final, Literal

from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

Format = Literal["csv", "xlsx"]
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NARROW: Final = 12
WIDE: Final = 40
"""Characters that a column of a sheet is wide, at least and at most."""
_FORMULA: Final = re.compile(r"^\s*[=+\-@\t\r]")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


class _Echo:
    """Gives back what is written, so that the csv module makes one line at a time."""

    def write(self, text: str) -> str:
        """Return the line."""
        return text


def cell(value: Any) -> Any:
    """Return what stands in a cell: days and numbers as they are, texts without what would act in a spreadsheet."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
    if isinstance(value, (date, int, float)):
        return value
    text = _CONTROL.sub("", str(value))
    return f"'{text}" if _FORMULA.match(text) else text


def table(form: Format, name: str, head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponseBase:
    """Return a download; `name` without the end, `head` the names of the columns. Rows are read as they are sent."""
    return _xlsx(name, head, rows) if form == "xlsx" else _csv(name, head, rows)


def csv_lines(head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield a CSV line by line."""
    writer = csv.writer(_Echo(), delimiter=";")
    # The mark tells a spreadsheet that it is UTF-8; the semicolon is what it expects here.
    yield "\ufeff"
    yield writer.writerow([cell(value) for value in head])
    for row in rows:
        yield writer.writerow([_written(cell(value)) for value in row])


def _csv(name: str, head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponseBase:
    response = StreamingHttpResponse(csv_lines(head, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _written(value: Any) -> Any:
    """Return a moment or a day as it is written in each language: 2027-03-01, 2027-03-01 09:30."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else value


def _xlsx(name: str, head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponseBase:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name[:31])
    sheet.freeze_panes = "A2"
    for number, value in enumerate(head, start=1):
        # As wide as its name and a little more: whoever opens it on a phone reads it without widening anything.
        width = min(max(len(str(value)) + 4, NARROW), WIDE)
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([_bold(sheet, value) for value in head])
    for row in rows:
        sheet.append([cell(value) for value in row])
    file = BytesIO()
    book.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


def _bold(sheet: Any, value: Any) -> Any:
    found = WriteOnlyCell(sheet, value=cell(value))
    found.font = Font(bold=True)
    return found
