"""Rights in a commune are those of mandates and delegations that hold today."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from communes.models import Delegation, Mandate
from communes.models.mandate import communes_of
from communes.people import holders
from hubportal.accounts.models import User
from hubportal.accounts.rights import held_by
from tests.cast import COMMUNE_A, MandateFactory, yesterday

pytestmark = pytest.mark.django_db


def test_a_mandate_gives_rights(echevine: User) -> None:
    assert echevine.has_rights_today()
    assert communes_of(echevine) == {COMMUNE_A}


def test_a_delegation_gives_rights(delegate: User) -> None:
    assert communes_of(delegate) == {COMMUNE_A}


def test_an_ended_mandate_gives_none(ended: User) -> None:
    assert not ended.has_rights_today()
    assert ended.rights_ended_on() == date(2024, 11, 30)


def test_a_mandate_of_next_month_gives_none_yet(ended: User) -> None:
    MandateFactory(user=ended, starts_on=timezone.localdate() + timedelta(days=30))
    assert not held_by(ended)


def test_a_person_who_was_never_let_in_has_none(echevine: User) -> None:
    User.objects.filter(pk=echevine.pk).update(is_active=False)
    assert not User.objects.get(pk=echevine.pk).has_rights_today()


def test_the_last_day_is_included(echevine: User) -> None:
    today = timezone.localdate()
    Mandate.objects.filter(user=echevine).update(ends_on=today)
    assert held_by(echevine, today)
    assert not held_by(echevine, today + timedelta(days=1))


def test_a_mandate_that_ended_closes_the_session_that_is_open(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    page = reverse("communes:detail", args=[COMMUNE_A])
    assert client.get(page).status_code == 200
    # Midnight passes: what ended "today" ended yesterday now.
    Mandate.objects.filter(user=echevine).update(ends_on=yesterday())
    assert client.get(page).status_code == 403
    home = client.get(reverse("home"))
    assert home.status_code == 200
    assert "Nadia" in home.content.decode()
    assert echevine.mandates.get().portfolio_fr not in home.content.decode()


def test_a_delegation_does_not_come_back_with_a_new_mandate_of_its_giver(
    client: Client, echevine: User, colleague: User, delegate: User
) -> None:
    """Only where the new one follows the old one without a day between does it go on."""
    today = timezone.localdate()
    june, december = today - timedelta(days=30), today + timedelta(days=10)
    Mandate.objects.filter(user=echevine).update(ends_on=june)
    new = MandateFactory(user=echevine, starts_on=december)
    for rows in (Delegation.objects.all(), Delegation.objects.with_last_day()):
        assert rows.get().last_day == june
    assert delegate.rights_ended_on() == june
    assert not any(communes_of(delegate, day) for day in (today, december))
    assert communes_of(delegate, june) == communes_of(echevine, december) == {COMMUNE_A}
    assert not any(delegate.pk in rows.values_list("user", flat=True) for rows in holders(december))
    client.force_login(colleague)
    page = client.get(reverse("communes:delegations", args=[COMMUNE_A]))
    facts = [(row.user, row.last_day, row.ended_with_giver) for row in page.context["past"]]
    assert facts == [(delegate, june, True)]
    Mandate.objects.filter(pk=new.pk).update(starts_on=june + timedelta(days=1))
    assert communes_of(delegate, december) == {COMMUNE_A}
    for rows in (Delegation.objects.all(), Delegation.objects.with_last_day()):
        assert rows.get().last_day is None
    # Nor does it begin with a mandate that came after its first day.
    Delegation.objects.update(starts_on=june - timedelta(days=3))
    Mandate.objects.filter(user=echevine).exclude(pk=new.pk).delete()
    assert Delegation.objects.get().last_day == june - timedelta(days=4)
    assert Delegation.objects.with_last_day().get().never_begins
    assert not communes_of(delegate, december)


def test_the_later_of_two_ends_is_told(ended: User, echevine: User) -> None:
    Delegation.objects.create(
        user=ended, commune_id=COMMUNE_A, given_by=echevine, starts_on="2024-12-01", ends_on="2025-06-30"
    )
    assert ended.rights_ended_on() == date(2025, 6, 30)
