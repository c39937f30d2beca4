"""Whom a commune calls today: the stand-in, the SPOC, else a lead; a gap is an alert."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from communes.callers import callers, who_to_call
from communes.models import Absence, Assignment, Commune
from hubportal.accounts.models import Role, RoleGrant, User
from tests.cast import grant, yesterday

pytestmark = pytest.mark.django_db


def away(user: User, stand_in: User, days: int = 3) -> Absence:
    """Let somebody be away from yesterday on."""
    return Absence.objects.create(
        user=user, stand_in=stand_in, starts_on=yesterday(), ends_on=yesterday() + timedelta(days=days)
    )


def test_the_spoc_answers(spoc: User, lead: User, commune_a: Commune) -> None:
    caller = who_to_call(commune_a)
    assert (caller.capacity, caller.user, caller.is_gap) == ("spoc", spoc, False)


def test_during_an_absence_the_stand_in_answers(spoc: User, lead: User, commune_a: Commune) -> None:
    stand_in = grant(Role.SPOC)
    absence = away(spoc, stand_in)
    caller = who_to_call(commune_a)
    assert (caller.capacity, caller.user, caller.spoc, caller.until) == (
        "stand_in",
        stand_in,
        spoc,
        absence.ends_on,
    )


def test_the_day_after_an_absence_the_spoc_answers_again(spoc: User, lead: User, commune_a: Commune) -> None:
    absence = away(spoc, grant(Role.SPOC))
    assert absence.ends_on
    assert who_to_call(commune_a, absence.ends_on).capacity == "stand_in"
    assert who_to_call(commune_a, absence.ends_on + timedelta(days=1)).user == spoc


def test_a_stand_in_who_is_away_too_leaves_a_lead(spoc: User, lead: User, commune_a: Commune) -> None:
    stand_in = grant(Role.SPOC)
    away(spoc, stand_in)
    away(stand_in, spoc)
    caller = who_to_call(commune_a)
    assert (caller.capacity, caller.user, caller.is_gap) == ("lead", lead, True)


def test_a_spoc_whose_role_ended_leaves_a_lead(spoc: User, lead: User, commune_a: Commune) -> None:
    RoleGrant.objects.filter(user=spoc).update(ends_on=yesterday())
    assert who_to_call(commune_a).user == lead


def test_a_stand_in_whose_role_ended_leaves_a_lead(spoc: User, lead: User, commune_a: Commune) -> None:
    stand_in = grant(Role.SPOC)
    away(spoc, stand_in)
    RoleGrant.objects.filter(user=stand_in).update(ends_on=yesterday())
    assert who_to_call(commune_a).user == lead


def test_a_commune_without_a_spoc_is_a_gap(spoc: User, lead: User, commune_b: Commune) -> None:
    caller = who_to_call(commune_b)
    assert (caller.capacity, caller.user, caller.is_gap) == ("lead", lead, True)


def test_without_spoc_and_lead_nobody_answers(commune_b: Commune) -> None:
    caller = who_to_call(commune_b)
    assert (caller.capacity, caller.user, caller.is_gap) == ("nobody", None, True)


def test_somebody_who_may_not_sign_in_is_not_called(spoc: User, lead: User, commune_a: Commune) -> None:
    User.objects.filter(pk=spoc.pk).update(is_active=False)
    assert who_to_call(commune_a).user == lead


def test_another_day_has_another_answer(spoc: User, lead: User, commune_a: Commune) -> None:
    assert who_to_call(commune_a, date(2019, 6, 3)).capacity == "lead"


def test_19_communes_cost_as_many_queries_as_one(
    spoc: User, lead: User, django_assert_num_queries: Any
) -> None:
    for nis in ("21002", "21003", "21004"):
        Assignment.objects.create(user=spoc, commune_id=nis, starts_on=timezone.localdate())
    names = list(Commune.objects.values_list("nis", flat=True))
    with django_assert_num_queries(1):
        callers(["21002"])
    with django_assert_num_queries(1):
        callers(["21002", "21003", "21004"])
    # Who answers where there is no SPOC is asked once more.
    with django_assert_num_queries(2):
        assert len(callers(names)) == 19
