"""A word of one commune, written into everything that is its own, is in no byte that another one gets.

In the demonstration, so over all apps at once: pages, tables (a workbook unpacked), PDF, calendar, mail, and the ways
into the desk. Each app has narrower tests of its own beside this one (docs/security.md).
"""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from html import unescape
from typing import Any, Final

import pikepdf
import pytest
from django.apps import apps
from django.contrib import admin
from django.db import Error, models, transaction
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from communes.models.mandate import communes_of
from hubportal.accounts import demo
from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.outbox.models import OutboxMessage
from hubportal.pdf import why_not
from hubportal.tick import tick
from spoc.models import CalendarFeed
from tests.conventions.test_pdf import everything
from tests.objects import ROWS, Rows
from tests.spoc.concerns.stories import a_concern

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]
WORD, TRACE = "kanarie7f3a", "geheim9c1e"
CANARY: Final = f"{WORD} {TRACE}"
"""What is written; one looks for the first word, which a page of results says again, and finds the second."""
OWNER, OTHER = "echevine", "schepen"
PUBLIC: Final = {
    "conventions.Convention": "its reference and dates are known to all",
    "conventions.Signatory": "who signed stands with the dates",
    "communes.Commune": "of nobody",
}
"""Rows of a commune whose words others may read."""
EACH: Final = 3
"""Addresses of one kind that a walk reads."""


def planted() -> Counter[str]:
    """Write the canary into each column of words of the owner's rows that nobody else may read; return how many."""
    own = communes_of(demo.people()[OWNER])
    done: Counter[str] = Counter()
    for rows in {rows.model: rows for rows in ROWS if rows.commune and rows.model not in PUBLIC}.values():
        found = rows.all().filter(rows.of(own))
        if rows.shared is not None:
            found = found.exclude(rows.shared)
        for column in words(rows):
            try:
                with transaction.atomic():
                    done[rows.model] += (
                        apps.get_model(rows.model)
                        ._base_manager.filter(pk__in=list(found.values_list("pk", flat=True)))
                        .update(**{column: CANARY})
                    )
            except Error:
                # A rule of the database holds this column: what was signed or sent does not change.
                continue
    a_concern(demo.people()[OWNER], title=CANARY, text=CANARY)
    return done


def words(rows: Rows) -> Iterator[str]:
    """Yield the columns in which people write."""
    for column in apps.get_model(rows.model)._meta.concrete_fields:
        is_text = isinstance(column, models.CharField | models.TextField)
        is_code = column.choices or column.unique or isinstance(column, models.FileField | models.URLField)
        if is_text and not is_code and (column.max_length or 1000) >= 100 and column.name not in CODES:
            yield column.name


CODES: Final = {"content_type", "hash", "sha256", "fingerprint", "language"}


def content(answer: Any) -> bytes:
    """Return what a browser gets, in a form that can be searched: a workbook unpacked, the words of a PDF, headers."""
    body = b"".join(answer) if answer.streaming else answer.content
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"".join(book.read(name) for name in book.namelist())
    elif body.startswith(b"%PDF"):
        # What somebody sent in may be a PDF by its first bytes only: it is searched as it came.
        with suppress(pikepdf.PdfError), pikepdf.open(io.BytesIO(body)) as document:
            body = everything(document).encode() + str(document.docinfo).encode()
    return bytes(body) + str(answer.headers).encode()


def walk(client: Client, start: str) -> Iterator[tuple[str, bytes]]:
    """Follow links, a few of each kind of page; yield addresses with what is read there."""
    waiting, read, kinds = [start], set[str](), Counter[str]()
    while waiting:
        path = waiting.pop(0)
        try:
            kind = resolve(path.partition("?")[0]).view_name
        except Resolver404:
            continue
        if path in read or kinds[kind] >= EACH or path.startswith("/demo/"):
            continue
        kinds[kind] += 1
        read.add(path)
        answer = client.get(path)
        yield path, content(answer)
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            waiting += [unescape(link) for link in re.findall(r'href="(/[^"#]*)', answer.content.decode())]


def signed_in(key: str) -> tuple[Client, User]:
    """Return a client of a person of the demonstration."""
    user, client = demo.people()[key], Client()
    client.force_login(user)
    return client, user


TABLES: Final = (
    *(f"spoc:{name}-{form}" for name in ("request", "concern", "note", "answer") for form in ("csv", "xlsx")),
    *("spoc:calendar", "communes:list", "communes:coverage", "conventions:list", "mailings:list"),
)


DAYS: Final = (0, 3, 8)
"""Days from now on which a tick reminds: of what waits today, and later of the same."""


def test_it_is_in_no_page_table_pdf_or_calendar_of_another_commune() -> None:
    done = planted()
    assert len([model for model, count in done.items() if count]) > 8, done
    client, user = signed_in(OTHER)
    got = dict(walk(client, "/fr/"))
    for name in TABLES:
        for query in ("", f"?text={WORD}", f"?q={WORD}"):
            got[reverse(name) + query] = content(client.get(reverse(name) + query))
    got["ics"] = content(
        Client().get(reverse("spoc:calendar-feed", args=[CalendarFeed.objects.issue(by=user)]))
    )
    assert len(got) > 40
    assert {path for path, body in got.items() if TRACE.encode() in body} == set()


def test_its_own_people_get_it_by_mail_and_nobody_else() -> None:
    since = timezone.now()
    planted()
    for days in DAYS:
        tick(since + timedelta(days=days))
    mails = OutboxMessage.objects.filter(created_at__gte=since).select_related("person")
    own, others = Counter[str](), Counter[str]()
    for mail in mails:
        if may_read(mail.person):
            own[mail.kind] += TRACE in mail.subject + mail.text + mail.html
        else:
            others[mail.kind] += 1
            assert TRACE not in mail.subject + mail.text + mail.html, f"{mail.kind} {mail.to_address}"
    # Without these, mails that carry no words, or that go to nobody else, would pass.
    assert {kind for kind, count in own.items() if count} >= {"concern_receipt", "concern_new", "reminder"}
    assert others["reminder"] > 5
    assert len(others) > 2


def may_read(person: Any) -> bool:
    """Tell whether a mail about the owner's commune may go to a person."""
    return person is not None and (
        person.has_role(*AGENCY_ROLES) or bool(communes_of(person) & communes_of(demo.people()[OWNER]))
    )


def test_its_own_people_read_it_everywhere() -> None:
    """Without this, a canary that nobody can see would pass the test above."""
    done = planted()
    client, user = signed_in(OWNER)
    got = dict(walk(client, "/fr/"))
    for name in ("spoc:request-csv", "spoc:request-xlsx"):
        got[name] = content(client.get(reverse(name)))
    got["ics"] = content(
        Client().get(reverse("spoc:calendar-feed", args=[CalendarFeed.objects.issue(by=user)]))
    )
    found = {path for path, body in got.items() if TRACE.encode() in body}
    assert {"spoc:request-csv", "spoc:request-xlsx", "ics"} <= found
    for folder in ("/requests/", "/requests/concerns/", "/conventions/"):
        assert [path for path in found if re.match(rf"/fr{folder}[\w-]+/", path)], (folder, done)


@pytest.mark.skipif(bool(why_not()), reason="the libraries that draw PDF are missing")
def test_a_pdf_is_read_as_words() -> None:
    planted()
    client, user = signed_in(OWNER)
    row = (
        apps.get_model("spoc.ServiceRequest")
        ._base_manager.filter(commune__in=communes_of(user))
        .earliest("pk")
    )
    assert TRACE.encode() in content(client.get(reverse("spoc:request-pdf", args=[row.pk])))


@pytest.mark.parametrize("key", [OTHER, "cabinet"])
def test_the_desk_says_nothing_of_it_by_any_door(key: str) -> None:
    """CVE-2010-4534 (Django): the filters of a list in the desk told, letter by letter, what one could not see."""
    planted()
    client, _ = signed_in(key)
    asked = [(reverse("admin:autocomplete"), query) for query in autocompleted()]
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        row = model._base_manager.order_by("pk").first()
        texts = [
            column.name for column in model._meta.concrete_fields if isinstance(column, models.CharField)
        ]
        asked += [(reverse(f"{name}_changelist"), {f"{text}__startswith": WORD}) for text in texts[:1]]
        if row is not None:
            asked += [
                (reverse(f"{name}_{page}", args=[row.pk]), {}) for page in ("history", "delete", "change")
            ]
    assert len(asked) > 60
    for address, query in asked:
        answer = client.get(address, query)
        assert answer.status_code in (302, 403, 404), address
        assert TRACE.encode() not in content(answer)


def autocompleted() -> Iterator[dict[str, str]]:
    """Yield what a picker of the desk asks, for each of its fields."""
    for model, screen in admin.site._registry.items():
        for field in getattr(screen, "autocomplete_fields", ()):
            yield {
                "term": WORD,
                "app_label": model._meta.app_label,
                "model_name": str(model._meta.model_name),
                "field_name": field,
            }
