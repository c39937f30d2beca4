"""A page of a list, the newest first; of requests and concerns first what waits for the reader, last what ended.

And the whole list as a table for a spreadsheet.

The next page begins after the last row's own values (keyset), so page 400 costs no more than the first.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db.models import Q, Value
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import slugify

from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.requests import SignedIn
from hubportal.exports import Format, table
from spoc.models import OPEN, Side, Status
from spoc.nextstep import awaits

if TYPE_CHECKING:
    from django.db.models import QuerySet

PAGE: Final = 25
CHUNK: Final = 500
"""Rows of a table that are read at once."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Place(NamedTuple):
    """Where a page ended: the group, the moment in microseconds since 1970, the key."""

    group: int
    moment: int
    pk: int

    def __str__(self) -> str:
        return f"{self.group}-{self.moment}-{self.pk}"

    def rest(self, column: str = "created_at") -> Q:
        """Return the condition of what comes after it in its group, newest first by a column and the key."""
        at = _EPOCH + timedelta(microseconds=self.moment)
        # The first condition says nothing new, but where the index is entered: OR alone would read all before it.
        return Q(**{f"{column}__lte": at}) & (Q(**{f"{column}__lt": at}) | Q(pk__lt=self.pk))


def place_of(moment: datetime, pk: int, group: int = 0) -> str:
    """Return the place of a row as an address holds it."""
    return str(Place(group, (moment - _EPOCH) // timedelta(microseconds=1), pk))


def groups(side: Side) -> tuple[Q, Q, Q]:
    """Return the parts of the list of a party: sent, and waiting for its step; what else goes on; what ended."""
    # Not by the states of what is open: the database would read all of it by its index, to find a few words in it.
    ours = awaits(side) & Q(submitted_at__isnull=False)
    ended = (Status.CLOSED, Status.DECLINED, Status.WITHDRAWN)
    return ours, Q(status__in=(Status.DRAFT, *OPEN)) & ~ours, Q(status__in=ended)


def place(text: str) -> Place | None:
    """Return the place that an address names; None for no place; ValueError for one that cannot be."""
    if not text:
        return None
    found = re.fullmatch(r"([0-3])-([0-9]{1,16})-([0-9]{1,18})", text)
    if found is None:
        raise ValueError("no place of a list")
    return Place(*(int(part) for part in found.groups()))


def place_in(request: HttpRequest) -> Place | None:
    """Return where the page begins that an address asks for; Http404 for a place that cannot be."""
    try:
        return place(request.GET.get("after", ""))
    except ValueError:
        raise Http404 from None


def pager(request: HttpRequest, after: Place | None, following: str) -> dict[str, Any]:
    """Return what the links to the first and the next page need (`spoc/partials/pager.html`)."""
    address = request.GET.copy()
    address.pop("after", None)
    first = address.urlencode()
    address["after"] = following
    return {
        "is_first": after is None,
        "first": first,
        "following": address.urlencode() if following else "",
    }


def page_after(
    rows: "QuerySet[Any]", after: Place | None, parts: Sequence[Q] = (Q(),), begun: str = "created_at"
) -> tuple[list[Any], str]:
    """Return the rows of a page, part by part, and where the next one begins, empty after the last: one query.

    Http404 for a place in a part that this list does not have.

    `begun` is the column by which the newest come first.
    """
    newest = (f"-{begun}", "-pk")
    asked = []
    for number, condition in enumerate(parts):
        if after and number < after.group:
            continue
        part = rows.filter(condition).annotate(section=Value(number)).order_by(*newest)
        if after and number == after.group:
            part = part.filter(after.rest(begun))
        asked.append(part[: PAGE + 1])
    if not asked:
        raise Http404
    found: list[Any] = list(together(asked, "section", *newest)[: PAGE + 1])
    if len(found) <= PAGE:
        return found, ""
    last = found[PAGE - 1]
    return found[:PAGE], place_of(getattr(last, begun), last.pk, last.section)


def together(parts: "Sequence[QuerySet[Any, Any]]", *order: str) -> "QuerySet[Any, Any]":
    """Return the first rows of several lists as one query."""
    first, *others = parts
    return first.union(*others, all=True).order_by(*order) if others else first


class Sheet(NamedTuple):
    """A list as a table: the name of its page, what the journal calls it, its title, the names of its columns."""

    page: str
    what: str
    title: Any
    head: Sequence[Any]


def exported(
    request: SignedIn,
    form: Format,
    asked: Any,
    sheet: Sheet,
    rows: "Callable[[Any], QuerySet[Any]]",
    cells: Callable[[Iterator[Any]], Iterable[Sequence[Any]]],
) -> HttpResponseBase:
    """Hand out what a list shows, as CSV or XLSX; what cannot be looked for is said on its page.

    `asked` is the filter of the list; `rows` puts in order what it found, `cells` writes it.
    """
    if not asked.is_valid():
        return redirect(f"{reverse(sheet.page)}?{request.GET.urlencode()}")
    asked_by = sorted(name for name, value in request.GET.items() if value)
    journal(Kind.EXPORTED, request.user, what=sheet.what, format=form, narrowed_by=asked_by)
    found = rows(asked.qs).iterator(chunk_size=CHUNK)
    return table(form, slugify(str(sheet.title)), [str(name) for name in sheet.head], cells(found))
