"""Who gets what by its number: each address that names a row × own, shared, another commune's, in the demonstration.

`tests/test_access.py` says which role opens which page; here the answer follows from a rule:
what is another commune's and not shared does not exist, and what does not exist is neither read nor changed.
"""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from django.db.models import Q
from django.forms import BaseForm, ModelChoiceField
from django.test import Client
from django.urls import reverse

from communes.models.mandate import communes_of
from hubportal.accounts import demo
from hubportal.accounts.models import User
from spoc.asking_forms import SERVICES
from spoc.models import Kind
from tests.objects import NO_ROW, Rows, address, routes, rows_of
from tests.spoc.stories import a_draft
from tests.written import writes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]

REFUSED: Final = {403, 404, 405}
KNOWN_TO_ALL: Final = {
    "conventions:detail": "of a signed one, other communes read the state and the dates: conventions/test_reading.py",
    "communes:detail": "who governs a commune is public: communes/test_commune_pages.py",
}
"""Addresses that another commune's people open all the same, with less on them."""
READ_AS_SENT: Final = {
    "spoc:note-answer": "its addressee answers the note as it was sent: spoc/relay/test_acting.py",
    "spoc:note-answer-part": "the same",
}
"""Addresses that take the number of a row which its reader sees in another form only."""


WITHOUT_A_ROW: Final = {
    *("conventions:amendment-comment-resolve", "conventions:amendment-comment-reopen"),
    *("conventions:amendment-evidence", "conventions:project-file"),
    *("spoc:concern-file", "spoc:deliverable-download"),
}
"""Addresses of rows of which the demonstration has none of another commune."""


def signed_in(key: str) -> tuple[Client, User]:
    """Return a client of a person of the demonstration."""
    user = demo.people()[key]
    client = Client()
    client.force_login(user)
    return client, user


def code(answer: Any) -> int:
    """Return what was answered; a file is read to its end, which closes it."""
    if answer.streaming:
        b"".join(answer)
    return int(answer.status_code)


def addresses() -> Iterator[tuple[str, set[str], Rows]]:
    """Yield each address that names a row."""
    for route, named in routes():
        rows = rows_of(route)
        if rows is not None and route not in NO_ROW:
            yield route, named, rows


def picked(rows: Rows, user: User) -> dict[str, Any]:
    """Return a row of each relation to a person of a commune, as far as there is one."""
    own = rows.of(communes_of(user))
    shared = rows.shared if rows.shared is not None else Q(pk__in=[])
    found = {
        "own": rows.all().filter(own).first(),
        "shared": rows.all().filter(shared).exclude(own).first(),
        "other": rows.all().exclude(own).exclude(shared).first(),
    }
    return {relation: row for relation, row in found.items() if row is not None}


def test_each_address_says_whose_row_it_names() -> None:
    known = {route for route, _ in routes()}
    assert {route for route in known if rows_of(route) is None} - set(NO_ROW) == set()
    assert set(NO_ROW) - known == set()
    assert set(KNOWN_TO_ALL) - known == set()


def test_what_is_another_communes_does_not_exist() -> None:
    client, user = signed_in("schepen")
    wrong, asked, without = {}, 0, set()
    for route, named, rows in addresses():
        if not rows.commune or route in KNOWN_TO_ALL:
            continue
        row = picked(rows, user).get("other")
        if row is None:
            without.add(route)
            continue
        asked += 1
        target = address(route, named, rows, row)
        with writes() as written:
            codes = {
                client.get(target).status_code,
                client.post(target, {"text": "x", "seen": "x"}).status_code,
            }
        if not codes <= REFUSED or written:
            wrong[target] = codes, written
    assert wrong == {}
    assert asked > 60
    # Of each other address the demonstration has a row of another commune: none is left out unseen.
    assert without == WITHOUT_A_ROW


def test_what_is_one_s_own_or_shared_does_exist() -> None:
    client, user = signed_in("schepen")
    opened: dict[str, set[str]] = {"own": set(), "shared": set()}
    taken = {}
    for route, named, rows in addresses():
        for relation, row in picked(rows, user).items() if rows.commune else ():
            if relation in opened and code(client.get(address(route, named, rows, row))) == 200:
                opened[relation].add(route)
            if relation == "shared":
                with writes() as written:
                    answered = client.post(address(route, named, rows, row), {"text": "x", "seen": "x"})
                if answered.status_code not in REFUSED or written:
                    taken[route] = answered.status_code, written
    assert {"spoc:request-detail", "spoc:concern-detail", "conventions:detail"} <= opened["own"]
    assert "spoc:concern-detail" in opened["shared"]
    # To read what is shared is not to act on it, nor to read how it came about.
    assert opened["shared"] <= {"spoc:concern-detail", "spoc:concern-file"}
    assert taken == {}


@pytest.mark.parametrize("key", ["cabinet", "taskforce"])
def test_what_the_model_hides_no_address_shows(key: str) -> None:
    client, user = signed_in(key)
    wrong = {}
    for route, named, rows in addresses():
        row = rows.all().exclude(pk__in=rows.visible_to(user).order_by().values("pk")).first()
        if row is None or route in KNOWN_TO_ALL or route in READ_AS_SENT:
            continue
        target = address(route, named, rows, row)
        with writes() as written:
            codes = {code(client.get(target)), code(client.post(target, {"text": "x"}))}
        if not codes <= REFUSED or written:
            wrong[target] = codes, written
    assert wrong == {}


def test_nobody_gets_further_than_the_door() -> None:
    wrong = {}
    for route, named, rows in addresses():
        if (row := rows.all().last()) is not None:
            target = address(route, named, rows, row)
            answers = Client().get(target), Client().post(target, {"text": "x"})
            if {answer.status_code for answer in answers} != {302} or not all(
                "/sign-in/" in answer["Location"] for answer in answers
            ):
                wrong[target] = [answer.status_code for answer in answers]
    assert wrong == {}


@pytest.mark.parametrize("key", ["echevine", "schepen", "delegate"])
def test_no_choice_of_a_form_names_what_is_another_communes(key: str) -> None:
    """A field that takes a row takes only rows that the person may see: a number typed into it names no other."""
    client, user = signed_in(key)
    asked = [
        reverse("spoc:concern-new"),
        *(reverse("spoc:request-begin", args=[kind]) for kind in Kind.values),
    ]
    for kind, service in SERVICES.items():
        draft = a_draft(user, kind, sorted(communes_of(user))[0])
        asked += [reverse("spoc:request-edit", args=[draft.pk, page.code]) for page in service.pages]
    models = set()
    for target in asked:
        for field in choices(client.get(target, follow=True)):
            models.add(field.queryset.model.__name__)
            assert [row for row in field.queryset if not is_visible(row, user)] == [], (target, field.label)
            assert [row for row in field.queryset if is_foreign(row, user)] == [], (target, field.label)
    assert models


def is_foreign(row: Any, user: User) -> bool:
    """Tell whether a row belongs to a commune for which a person does not act."""
    owner = getattr(row, "convention", row)
    return getattr(owner, "commune_id", None) not in {None, *communes_of(user)}


def choices(answer: Any) -> Iterator[Any]:
    """Yield the fields of a page's forms that take a row."""
    for context in answer.context or ():
        for layer in context.dicts if hasattr(context, "dicts") else [context]:
            for value in layer.values():
                if isinstance(value, BaseForm):
                    yield from (
                        field for field in value.fields.values() if isinstance(field, ModelChoiceField)
                    )


def is_visible(row: Any, user: User) -> bool:
    """Tell whether a person may see a row, as its model says."""
    return bool(type(row)._default_manager.visible_to(user).filter(pk=row.pk).exists())
