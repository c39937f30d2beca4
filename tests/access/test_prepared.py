"""A question whose SQL is made once answers as the query that it was made from."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hubportal.access.prepared import Prepared
from hubportal.accounts.models import Role, RoleGrant, User
from tests.cast import grant, yesterday

pytestmark = pytest.mark.django_db


def test_each_asks_with_values_of_its_own_and_the_sql_is_made_once(lead: User, spoc: User) -> None:
    made = []

    def roles(person: int, day: date) -> Any:
        made.append(person)
        rows = RoleGrant.objects.valid(day).filter(user=person, user__is_active=True)
        return rows.order_by().values_list("role", "user")

    ask = Prepared(roles, -1, date.min)
    today = date(2026, 1, 1)
    with CaptureQueriesContext(connection) as asked:
        assert list(ask(lead.pk, today)) == [(Role.LEAD, lead.pk)]
        assert list(ask(spoc.pk, today)) == [(Role.SPOC, spoc.pk)]
        assert list(ask(spoc.pk, date(2018, 1, 1))) == []
    assert (made, len(asked)) == ([-1], 3)


def test_a_value_that_the_question_does_not_hold_as_it_is_is_refused() -> None:
    ask = Prepared(lambda person: RoleGrant.objects.filter(user=person + 1).values_list("role"), -1)
    with pytest.raises(ValueError, match="not in the question"):
        ask(1)


def test_a_role_that_ended_and_a_closed_account_are_seen_as_before() -> None:
    person = grant(Role.LEAD)
    assert User.objects.get(pk=person.pk).roles == {Role.LEAD}
    RoleGrant.objects.filter(user=person).update(ends_on=yesterday())
    assert User.objects.get(pk=person.pk).roles == frozenset()
    RoleGrant.objects.filter(user=person).update(ends_on=None)
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert User.objects.get(pk=person.pk).roles == frozenset()
