"""What an address may ask of a list: sorting and filtering by what is not offered, and words that are no words.

Password hashes letter by letter: tests/accounts/test_doors.py.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from hubportal.accounts import demo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]

LISTS: Final = (
    "communes:list", "communes:coverage", "conventions:list", "spoc:request-list", "spoc:request-csv",
    "spoc:request-xlsx",
    "spoc:concern-list", "spoc:concern-csv", "spoc:group-list", "spoc:note-list", "spoc:note-csv", "spoc:answer-list",
    "spoc:answer-csv", "spoc:answer-figures", "spoc:calendar", "spoc:handover-list", "mailings:list",
    "mailings:rhythm", "home",
    "help",
)  # fmt: skip
ALWAYS: Final = {
    "page", "p", "o", "q", "all", "sort", "order", "order_by", "ordering", "after", "before", "e", "_popup",
    "_to_field",
    "_changelist_filters", "format", "lang", "user__password__startswith", "password", "-password", "pk__in",
    "commune", "text",
}  # fmt: skip
WORDS: Final = (
    "' OR '1'='1' --", "-user__password", "1); DROP TABLE accounts_user; --", "%", "\\", "9" * 300, "-1", "[]", "{}",
    "é\u202e🐝\ufffd", "2026-99-99", "../../etc/passwd", "<script>alert(1)</script>", "\u0661",
)  # fmt: skip


TURNS: Final = 5
"""Questions to each list; the next list begins with the next word."""


def names_of(html: str, own: str) -> set[str]:
    """Return the parameters that a page's forms and links send to itself."""
    found = set(re.findall(r'<(?:input|select|button)[^>]* name="([^"]+)"', html))
    for link in re.findall(r'href="([^"]*\?[^"]*)"', html):
        parts = urlsplit(unescape(link))
        if parts.path in ("", own):
            found |= {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    return found - {"csrfmiddlewaretoken", "next", "theme"}


def addresses() -> Iterator[str]:
    """Yield each list of the portal and of the desk."""
    yield from (reverse(name) for name in LISTS)
    yield from (
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in admin.site._registry
    )


@pytest.mark.parametrize("key", ["spoc", "schepen"])
def test_a_word_that_is_none_breaks_no_list(key: str) -> None:
    """CVE-2021-35042 and CVE-2022-28346 (Django): a name to sort by became SQL; here it is refused or left aside."""
    client = Client()
    client.force_login(demo.people()[key])
    broken, asked = {}, 0
    for place, address in enumerate(addresses()):
        page = client.get(address)
        if page.status_code != 200:
            continue
        names = sorted(ALWAYS | (names_of(page.text, address) if not page.streaming else set()))
        # In each question every name meets another word: which one broke it, the words in the failure say.
        for turn in range(place, place + TURNS):
            query = {name: WORDS[(turn + number) % len(WORDS)] for number, name in enumerate(names)}
            asked += 1
            answer = client.get(address, query)
            body = b"".join(answer) if answer.streaming else answer.content
            if answer.status_code not in (200, 302, 400, 404) or b"<script>alert(1)" in body:
                broken[f"{address} {query}"] = answer.status_code
    assert broken == {}
    assert asked > 60


@pytest.mark.parametrize(
    "query",
    ["text=%00", "q=%00", "o=%00", "page=%00", "commune=%00", "state=%ff%fe", "text=%c0%80", "q=%ed%a0%80"],
)
def test_bytes_that_are_no_text_break_no_list(query: str) -> None:
    """CVE-2019-14234's kin (Django): a key of a lookup reached the database as it came; NUL and half signs too."""
    client = Client()
    client.force_login(demo.people()["spoc"])
    for address in addresses():
        assert client.get(address, QUERY_STRING=query).status_code in (200, 302, 400, 403, 404), address
