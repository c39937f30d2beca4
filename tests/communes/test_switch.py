"""Choosing the commune one acts for."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from communes.models import Delegation
from hubportal.accounts.models import User
from tests.cast import COMMUNE_A, COMMUNE_B, yesterday

pytestmark = pytest.mark.django_db


@pytest.fixture
def both(client: Client, delegate: User, stranger: User) -> Client:
    """The civil servant of commune A, delegated by commune B as well, signed in."""
    Delegation.objects.create(
        user=delegate, commune_id=COMMUNE_B, given_by=stranger, starts_on=date(2025, 1, 6)
    )
    client.force_login(delegate)
    return client


def current(client: Client) -> str:
    """Return the NIS code of the commune that home is about."""
    commune = client.get(reverse("home")).context["current_commune"]
    nis: str = commune.nis if commune else ""
    return nis


def test_the_first_commune_is_chosen_at_first(both: Client) -> None:
    assert current(both) == COMMUNE_A


def test_the_choice_is_kept(both: Client) -> None:
    both.post(reverse("communes:switch"), {"commune": COMMUNE_B})
    assert current(both) == COMMUNE_B


def test_a_commune_one_does_not_act_for_is_404(both: Client) -> None:
    assert both.post(reverse("communes:switch"), {"commune": "21003"}).status_code == 404
    assert current(both) == COMMUNE_A


def test_a_choice_whose_delegation_ended_falls_back(both: Client, delegate: User) -> None:
    both.post(reverse("communes:switch"), {"commune": COMMUNE_B})
    Delegation.objects.filter(user=delegate, commune=COMMUNE_B).update(ends_on=yesterday())
    assert current(both) == COMMUNE_A


def test_the_agency_acts_for_no_commune(client: Client, spoc: User) -> None:
    client.force_login(spoc)
    assert current(client) == ""
    assert client.post(reverse("communes:switch"), {"commune": COMMUNE_A}).status_code == 404


def test_the_menu_of_the_agency_links_all_19(client: Client, spoc: User) -> None:
    client.force_login(spoc)
    assert len(client.get(reverse("help")).context["acting_communes"]) == 19
