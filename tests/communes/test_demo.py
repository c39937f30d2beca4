"""The demonstration: rows that every rule accepts, the story they tell, and nothing twice."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from communes import demo
from communes.callers import callers
from communes.colleges import colleges
from communes.models import (
    Absence,
    Assignment,
    AssociationEvent,
    Commune,
    Delegation,
    District,
    Mandate,
    MerchantsAssociation,
)
from hubportal.accounts.demo import ACCOUNTS, people
from hubportal.accounts.models import RoleGrant, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]

MODELS: tuple[Any, ...] = (
    *(
        User,
        RoleGrant,
        Mandate,
        Delegation,
        Assignment,
        Absence,
        District,
        MerchantsAssociation,
        AssociationEvent,
    ),
)


def test_every_row_passes_the_checks_of_the_forms() -> None:
    for model in MODELS:
        for row in model.objects.order_by("pk"):
            row.full_clean()


def test_a_second_time_changes_nothing() -> None:
    before = [model.objects.count() for model in MODELS]
    call_command("load_demo", verbosity=0)
    assert [model.objects.count() for model in MODELS] == before


def test_everybody_is_invented_and_unreachable() -> None:
    assert 100 <= User.objects.count() <= 160
    for user in User.objects.order_by("pk"):
        assert user.email is None or user.email.endswith(".example")
        assert user.phone.startswith("02 000 ")
    names = list(User.objects.order_by("pk").values_list("first_name", "last_name"))
    assert len(names) == len(set(names))


def test_each_commune_has_somebody_to_call() -> None:
    found = callers(Commune.objects.values_list("nis", flat=True))
    assert {caller.capacity for caller in found.values()} == {"spoc", "stand_in"}


def test_the_story_of_the_colleges() -> None:
    found = colleges(list(Commune.objects.values_list("nis", flat=True)))
    assert [nis for nis, college in found.items() if not college.trade] == [demo.WITHOUT_TRADE]
    assert [nis for nis, college in found.items() if len(college.trade) == 2] == [demo.TRADE_IN_TWO]
    acting = found[demo.ACTING_MAYOR].bourgmestre
    assert acting is not None
    assert acting.is_acting
    assert [row.office for row in found[demo.MAYOR_HOLDS_TRADE].trade] == ["bourgmestre"]
    assert all(4 <= len(college.echevins) <= 6 for college in found.values())
    assert District.objects.count() == 54
    assert set(MerchantsAssociation.objects.values_list("status", flat=True)) == {
        "active",
        "planned",
        "dormant",
    }


def test_the_one_click_accounts_stand_where_their_label_says() -> None:
    found = people()
    assert set(found) == {account.key for account in ACCOUNTS}
    assert found["echevine"].mandates.valid().get().commune_id == "21001"
    assert found["bourgmestre"].mandates.valid().get().office == "bourgmestre"
    assert {row.commune_id for row in found["delegate"].delegations.valid()} == {"21005", "21009"}
    assert not found["ended"].has_rights_today()
    assert all(user.is_active for user in found.values())


def test_next_month_somebody_is_away_again() -> None:
    later = timezone.localdate() + timedelta(days=35)
    demo.load(later)
    assert Absence.objects.valid(later).count() == 1
