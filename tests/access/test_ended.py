"""Whoever has no right today reads which ones they held, and nothing of anybody else."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from communes.models import Delegation, Mandate
from hubportal.accounts.models import RoleGrant, User
from tests.cast import COMMUNE_A, COMMUNE_B, MandateFactory, UserFactory, yesterday

pytestmark = pytest.mark.django_db


def page(client: Client, person: User, address: str = "/en/communes/") -> str:
    """Return the page that a person sees instead of one that is closed to them."""
    client.force_login(person)
    answer = client.get(address)
    assert answer.status_code == (200 if address == "/en/" else 403)
    return answer.text


@pytest.mark.parametrize("address", ["/en/communes/", "/en/"])
def test_their_offices_are_told_with_their_dates(address: str, client: Client, ended: User) -> None:
    RoleGrant.objects.create(user=ended, role="cabinet", starts_on="2025-01-01", ends_on="2025-03-31")
    html = page(client, ended, address)
    for words in ("Échevin, Anderlecht", "01.12.2018", "30.11.2024", "cabinet", "31.03.2025", "/my-details/"):
        assert words in html, words


def test_the_offices_of_others_are_not(client: Client, ended: User, stranger: User) -> None:
    html = page(client, ended)
    assert stranger.last_name not in html
    assert "Auderghem" not in html


def test_a_delegation_ends_with_the_mandate_of_its_giver(
    client: Client, echevine: User, delegate: User
) -> None:
    Mandate.objects.filter(user=echevine).update(ends_on=yesterday())
    assert Delegation.objects.filter(user=delegate, ends_on=None).exists()
    assert User.objects.get(pk=delegate.pk).rights_ended_on() == yesterday()
    assert f"{yesterday():%d.%m.%Y}" in page(client, delegate)


def test_whose_mandate_begins_later_reads_when(client: Client, db: None) -> None:
    person = UserFactory()
    MandateFactory(user=person, commune_id=COMMUNE_B, starts_on=timezone.localdate() + timedelta(days=9))
    html = page(client, person)
    assert "Your access begins later" in html
    assert "Your access has ended" not in html


def test_ten_offices_cost_as_many_queries_as_one(
    ended: User, echevine: User, django_assert_num_queries: Any
) -> None:
    for year in range(2005, 2015):
        Delegation.objects.create(
            user=ended, commune_id=COMMUNE_A, given_by=echevine,
            starts_on=f"{year}-01-01", ends_on=f"{year}-12-31",
        )  # fmt: skip
    with django_assert_num_queries(3):
        assert len(ended.all_rights) == 11
