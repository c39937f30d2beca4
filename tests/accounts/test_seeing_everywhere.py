"""Every address of the resolver, read by an administrator who sees as somebody of a commune."""

from collections import Counter
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from hubportal.accounts import demo, seeing
from hubportal.accounts.journal import Kind
from hubportal.accounts.models import JournalEntry, User
from tests.objects import NO_ROW, address, routes, rows_of
from tests.routes import route_names
from tests.written import writes

WITHOUT_FRAME = {"mailings:mail", "mailings:message"}
"""A mail as it is read, inside a page."""


def addresses(person: User) -> Iterator[tuple[str, str]]:
    """Yield the name of each address outside the desk, with one address: of a row that this person sees."""
    with_rows = dict(routes())
    for name in sorted(route_names()):
        if name in with_rows:
            rows = rows_of(name) if name not in NO_ROW else None
            row = rows.visible_to(person).first() if rows is not None else None
            if rows is not None and row is not None:
                yield name, address(name, with_rows[name], rows, row)
        elif "<" not in name and not name.startswith(("admin:", "healthz", "readyz")):
            yield name, reverse(name)


def state() -> dict[str, str]:
    """Return a mark of all rows of each table, but of those in which any request writes."""
    beside = {"accounts_journalentry", "accounts_session", "cache"}
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names()) - beside):
            name = connection.ops.quote_name(table)
            cursor.execute(f"SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) FROM {name} t")  # noqa: S608
            found[table] = cursor.fetchone()[0]
    return found


@pytest.mark.django_db
@pytest.mark.usefixtures("demonstration")
def test_it_is_read_or_closed_hands_nothing_out_and_takes_no_form() -> None:
    people = demo.people()
    person, client = people["echevine"], Client()
    client.force_login(people["admin"])
    client.post(reverse("admin:accounts_user_see-as", args=[person.pk]))
    begun = JournalEntry.objects.get(kind=Kind.SEEN_AS)
    before, codes, faults = state(), Counter[int](), []
    for name, path in addresses(person):
        answer = client.get(path)
        codes[answer.status_code] += 1
        is_page = answer.headers["Content-Type"].startswith("text/html") and name not in WITHOUT_FRAME
        if name in seeing.STAYS_ONES_OWN:
            continue
        if answer.has_header("Content-Disposition"):
            faults.append(f"{name}: handed out")
        elif answer.status_code == 200 and is_page and b'class="seeing"' not in answer.content:
            faults.append(f"{name}: does not say who is seen")
        with writes() as written:
            code = client.post(path, {"text": "x"}).status_code
        if code != 403 or written:
            faults.append(f"{name}: takes a form, {code} {written}")
    assert faults == []
    assert state() == before
    assert not JournalEntry.objects.filter(actor=person, pk__gt=begun.pk).exists()
    assert codes[200] > 40, codes
    assert codes[403] > 20, codes
