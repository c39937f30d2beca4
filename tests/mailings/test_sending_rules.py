"""What the page of an edition that leaves says of its rules: the pace of the relay, and what a crash means."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django import Settings

from hubportal.accounts.models import Role, User
from mailings import counting
from mailings.models import CrashPolicy, Mailing
from tests.mailings.leaving import marked, page
from tests.mailings.made import brought_to, person

pytestmark = pytest.mark.django_db
HELD = "becomes uncertain and a person decides"
RESENT = "sends this message again by itself"


@pytest.fixture
def row(echevine: User, stranger: User) -> Mailing:
    """An edition being sent to two."""
    return brought_to("sending")


def shown(row: Mailing, role: Role = Role.EDITOR) -> str:
    """Return its page of progress, in English."""
    client, user = Client(), person(role)
    User.objects.filter(pk=user.pk).update(language="en")
    client.force_login(user)
    with translation.override("en"):
        return page(client.get(reverse("mailings:progress", args=[row.number])))


def test_it_says_that_nobody_receives_it_twice(row: Mailing) -> None:
    text = shown(row)
    assert HELD in text
    assert RESENT not in text


def test_it_says_that_a_large_one_is_sent_again(row: Mailing) -> None:
    Mailing.objects.update(crash_policy=CrashPolicy.RESEND)
    text = shown(row)
    assert RESENT in text
    assert HELD not in text


def test_it_names_who_may_have_received_it_twice(row: Mailing) -> None:
    first, second = row.deliveries.order_by("pk")
    assert "sent again after a crash" not in shown(row)
    first.events.create(kind="queued")
    marked(first, "accepted", 250)
    text = shown(row).partition("1 message was sent again after a crash")[2].partition("</section>")[0]
    assert first.name in text
    assert first.address in text
    assert second.name not in text


def test_the_cabinet_reads_their_names_and_no_address(row: Mailing) -> None:
    first = row.deliveries.earliest("pk")
    first.events.create(kind="queued")
    text = shown(row, Role.CABINET)
    assert "1 message was sent again after a crash" in text
    assert first.address not in text


def test_the_pace_of_the_relay_is_said_while_messages_wait(row: Mailing, settings: Settings) -> None:
    assert "takes 30 messages a minute" not in shown(row)
    settings.MAILS_PER_MINUTE = 30
    assert "takes 30 messages a minute" in shown(row)
    for delivery in row.deliveries.order_by("pk"):
        marked(delivery, "accepted", 250)
    assert "takes 30 messages a minute" not in shown(row)


def test_the_end_is_not_foretold_sooner_than_the_relay_allows(
    row: Mailing, colleague: User, settings: Settings
) -> None:
    settings.MAILS_PER_MINUTE = 2
    now = timezone.now()
    for seconds, delivery in enumerate(row.deliveries.order_by("pk")):
        marked(delivery, "accepted", 250)
        row.deliveries.filter(pk=delivery.pk).update(accepted_at=now - timedelta(seconds=40 + seconds))
    counted = counting.Tally({**counting.tally(row).counts, "queued": 4}, None, 0)
    at = counting.ends_at(row, counted)
    assert at is not None
    assert timedelta(seconds=4 * 30.5 - 1) < at - now < timedelta(seconds=4 * 30.5 + 20)
