"""What is remembered of a factory's steps is what the steps would write again."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from hubportal.accounts.models import Role
from mailings.models import Mailing
from spoc.models import ServiceRequest
from tests import remembered
from tests.cast import MandateFactory, grant
from tests.conventions import agreements, drafts
from tests.mailings import leaving, made
from tests.spoc import stories


def a_closed_request() -> ServiceRequest:
    """Return a request that was asked, answered and closed."""
    return stories.brought_to("closed", MandateFactory(trade=True).user, grant(Role.LEAD))


def a_sent_edition() -> Mailing:
    """Return an edition that an échevine received."""
    MandateFactory(trade=True)
    return leaving.sent()


FACTORIES: dict[str, Callable[[], Any]] = {
    "a convention that was signed": agreements.signed,
    "one of the past": drafts.recorded,
    "an amendment": agreements.an_amendment,
    "a request": a_closed_request,
    "an edition that was sent": a_sent_edition,
    "one that was cancelled": partial(made.in_state, "cancelled"),
}
CHANGES_EACH_TIME = re.compile(
    r'"\d{4}-\d\d-\d\dT[^"]*"'  # a moment
    r'|"<[^"]*@[^"]*>"|"\w\w/\w{32}"|"[\w-]{32,43}"'  # a message's name, a file's, a token
)


def rows() -> dict[str, list[str]]:
    """Return what every table holds, without what differs each time."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')  # noqa: S608
            found[table] = sorted(CHANGES_EACH_TIME.sub("…", row) for (row,) in cursor.fetchall())
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("name", FACTORIES)
def test_the_same_rows_as_the_steps_wrote(name: str, request: pytest.FixtureRequest) -> None:
    seen = []
    for test in (None, request.node, request.node):
        with transaction.atomic():
            remembered.begin(test)
            remembered.begin_keys()
            row = FACTORIES[name]()
            facts = {column.attname: getattr(row, column.attname) for column in row._meta.concrete_fields}
            stored = type(row)._base_manager.values(*facts).get(pk=row.pk)
            seen.append((rows(), sorted(row._state.fields_cache)))
            assert str(facts) == str(stored)
            transaction.set_rollback(True)
    anew, first, again = seen
    assert first == anew
    assert again == anew


@pytest.mark.django_db
def test_the_second_time_takes_none_of_the_steps(request: pytest.FixtureRequest) -> None:
    with transaction.atomic():
        remembered.begin(request.node)
        agreements.signed()
        transaction.set_rollback(True)
    kept = dict(remembered._KEPT)
    remembered.begin(request.node)
    assert agreements.signed().status == "signed"
    assert kept == remembered._KEPT


@pytest.mark.django_db
def test_what_no_statement_tells_is_done_anew(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    remembered.begin(request.node)
    assert remembered.DIARY.is_whole
    monkeypatch.setattr(agreements, "FIRST_DAY", agreements.FIRST_DAY)
    assert not remembered.DIARY.is_whole
