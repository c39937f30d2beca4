"""Every address of the resolver, read by an administrator who sees as somebody of a commune."""

from collections import Counter
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from hubportal.accounts import demo, seeing
from hubportal.accounts.models import User
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


def counts() -> Counter[str]:
    """Return how many rows there are of each kind, but of what any request writes."""
    beside = {"accounts.journalentry", "accounts.session"}
    models = [
        model for model in apps.get_models() if model._meta.label_lower not in beside and model._meta.managed
    ]
    return Counter({model._meta.label: model._base_manager.count() for model in models})


@pytest.mark.django_db
@pytest.mark.usefixtures("demonstration")
def test_it_is_read_or_closed_hands_nothing_out_and_takes_no_form() -> None:
    people = demo.people()
    person, client = people["echevine"], Client()
    client.force_login(people["admin"])
    client.post(reverse("admin:accounts_user_see-as", args=[person.pk]))
    before, codes, faults = counts(), Counter[int](), []
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
    assert counts() == before
    assert codes[200] > 40, codes
    assert codes[403] > 20, codes
