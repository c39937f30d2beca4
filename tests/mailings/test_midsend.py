"""Rights that begin or end while an edition is on its way: who was written to is fixed at the freeze."""

from collections.abc import Iterator
from datetime import timedelta
from unittest import mock

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from communes.models import Delegation, Mandate
from hubportal.accounts.models import Role, RoleGrant, User
from hubportal.outbox.deliver import deliver
from mailings.models import Delivery, ExtraRecipient, Mailing
from tests.cast import COMMUNE_A, MandateFactory, UserFactory, yesterday
from tests.mailings.leaving import page
from tests.mailings.made import TEXTS, an_extra_address, meant_for, person
from tests.sinks import Sink

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("refilled")]
EVERYBODY = {"to_delegates": True, "to_roles": ["spoc"], "to_extras": True}


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Let no worker hear: each test sends by itself; pages are in English."""
    with mock.patch("hubportal.outbox.bell._publish"), translation.override("en"):
        yield


def end_all() -> None:
    """Let every right that brings an edition to somebody have ended yesterday; a giver still delegates."""
    for rows in (
        Mandate.objects.exclude(office="bourgmestre"),
        Delegation.objects.all(),
        RoleGrant.objects.filter(role=Role.SPOC),
        ExtraRecipient.objects.all(),
    ):
        rows.update(ends_on=yesterday())


def addresses(row: Mailing) -> set[str]:
    """Return the addresses to which an edition was written."""
    return set(row.deliveries.values_list("address", flat=True))


def test_rights_that_end_after_the_freeze_change_nothing(
    sink: Sink, echevine: User, delegate: User, spoc: User
) -> None:
    an_extra_address()
    meant_for(**EVERYBODY)
    end_all()
    assert deliver(Delivery) == 4
    expected = {echevine.email, delegate.email, spoc.email, "griet@federatie.example"}
    assert set(sink.recipients()) == expected


def test_rights_that_ended_before_the_freeze_bring_nothing(
    echevine: User, delegate: User, spoc: User
) -> None:
    an_extra_address()
    mayor = MandateFactory(bourgmestre=True).user
    row = meant_for("scheduled", **EVERYBODY)
    end_all()
    row.start()
    assert addresses(row) == {mayor.email}


def test_who_lost_the_mandate_mid_send_reads_by_the_link_and_no_longer_signed_in(
    client: Client, sink: Sink, echevine: User
) -> None:
    row = meant_for()
    end_all()
    deliver(Delivery)
    row.finish()
    message = row.deliveries.get()
    read = reverse("mailings:read", args=[message.token])
    assert TEXTS["fr"]["subject"] in page(client.get(read))
    client.post(read)
    message.refresh_from_db()
    assert message.acknowledged_at
    client.force_login(echevine)
    assert client.get(reverse("mailings:detail", args=[row.number])).status_code == 403


def test_who_begins_mid_send_receives_nothing_and_reads_the_archive(
    client: Client, sink: Sink, echevine: User
) -> None:
    row = meant_for(**EVERYBODY)
    later = MandateFactory(trade=True, starts_on=timezone.localdate()).user
    also = UserFactory()
    Delegation.objects.create(
        user=also, commune_id=COMMUNE_A, given_by=echevine, starts_on=timezone.localdate()
    )
    assert deliver(Delivery) == 1
    row.finish()
    assert addresses(row) == {echevine.email}
    for user in (later, also):
        client.force_login(user)
        assert TEXTS["fr"]["subject"] in page(client.get(reverse("mailings:detail", args=[row.number])))
        client.post(reverse("mailings:acknowledge", args=[row.number]))
    assert not row.deliveries.filter(acknowledged_at__isnull=False).exists(), "nobody reads for another"


def test_the_day_of_the_freeze_counts_not_the_day_when_it_was_scheduled(
    echevine: User, stranger: User
) -> None:
    stranger.mandates.update(starts_on=timezone.localdate() + timedelta(days=1))
    row = meant_for("scheduled")
    stranger.mandates.update(starts_on=timezone.localdate())
    row.start()
    assert addresses(row) == {echevine.email, stranger.email}
    assert person(Role.LEAD).email not in addresses(row)
