"""Deciding on a message of which nobody knows whether it left."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from hubportal.accounts.models import Role, User
from hubportal.outbox.deliver import MOST, PAUSES
from mailings.models import Delivery, Mailing
from tests.cast import Cast
from tests.mailings.leaving import marked, page
from tests.mailings.made import brought_to, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def delivery(echevine: User) -> Delivery:
    """An uncertain message to the échevine."""
    return marked(brought_to("sending").deliveries.get(), "uncertain", None, "the worker died")


def decide(client: Client, delivery: Delivery, decision: str) -> str:
    """Press a button as the editor, and return the page that follows."""
    client.force_login(person(Role.EDITOR))
    with translation.override("en"):
        address = reverse("mailings:decide", args=[delivery.pk])
    text = page(client.post(address, {"decision": decision}, follow=True))
    delivery.refresh_from_db()
    return text


def test_it_arrived(delivery: Delivery, client: Client) -> None:
    assert "Nadia Échevine: noted that it arrived." in decide(client, delivery, "arrived")
    assert (delivery.status, delivery.accepted_at is not None) == ("accepted", True)
    event = delivery.events.order_by("pk").last()
    assert event is not None
    assert (event.kind, event.by) == ("arrived", person(Role.EDITOR))


def test_it_is_sent_again(delivery: Delivery, client: Client) -> None:
    assert "Nadia Échevine: it is sent again." in decide(client, delivery, "again")
    assert delivery.status == "queued"
    assert Delivery.objects.all().claimable().filter(pk=delivery.pk).exists()


def test_the_second_decision_is_told_that_it_comes_too_late(delivery: Delivery, client: Client) -> None:
    decide(client, delivery, "arrived")
    assert "Somebody decided on this message already." in decide(client, delivery, "again")
    assert delivery.status == "accepted"
    assert delivery.events.filter(kind__in=["arrived", "sent_again"]).count() == 1


def test_after_it_expired_nothing_is_sent_again(delivery: Delivery, client: Client) -> None:
    Mailing.objects.update(
        scheduled_for=timezone.now() - timedelta(days=2), expires_at=timezone.now() - timedelta(days=1)
    )
    text = decide(client, delivery, "again")
    assert "It is too late to send it" in text
    assert 'value="again"' not in text
    assert delivery.status == "uncertain"
    assert "noted that it arrived" in decide(client, delivery, "arrived")


def test_after_it_expired_one_can_say_that_it_did_not_arrive(delivery: Delivery, client: Client) -> None:
    assert 'value="lost"' not in decide(client, delivery, "")
    Mailing.objects.update(
        scheduled_for=timezone.now() - timedelta(days=2), expires_at=timezone.now() - timedelta(days=1)
    )
    assert 'value="lost"' in decide(client, delivery, "")
    text = decide(client, delivery, "lost")
    assert "Nadia Échevine: noted that it did not arrive." in text
    assert "Did not arrive" in text
    assert "Refused by the relay" not in text.partition("Not arrived, or not yet")[2]
    assert (delivery.status, delivery.smtp_reply) == ("failed", "")
    event = delivery.events.order_by("pk").last()
    assert event is not None
    assert (event.kind, event.by) == ("lost", person(Role.EDITOR))


def test_of_a_cancelled_edition_nothing_is_sent_again(delivery: Delivery, client: Client) -> None:
    delivery.mailing.cancel(by=person(Role.EDITOR), reason="Une erreur")
    assert "this edition is over" in decide(client, delivery, "again")
    assert delivery.status == "uncertain"


@pytest.mark.parametrize("decision", ["", "perhaps", "ARRIVED"])
def test_another_answer_decides_nothing(decision: str, delivery: Delivery, client: Client) -> None:
    assert "Choose one of the answers" in decide(client, delivery, decision)
    assert delivery.status == "uncertain"


def test_others_may_not(delivery: Delivery, cast: Cast, client: Client) -> None:
    address = reverse("mailings:decide", args=[delivery.pk])
    for name, code in [
        ("spoc", 403), ("director", 403), ("admin", 403), ("cabinet", 404), ("taskforce", 404),
        ("echevine", 404), ("stranger", 404), ("lead", 302),
    ]:  # fmt: skip
        client.force_login(getattr(cast, name))
        assert client.get(address).status_code == 405
        assert client.post(address, {"decision": "arrived"}).status_code == code, name


def test_the_form_is_protected_against_other_sites(delivery: Delivery) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person(Role.EDITOR))
    address = reverse("mailings:decide", args=[delivery.pk])
    assert client.post(address, {"decision": "arrived"}).status_code == 403


def test_a_message_that_was_refused_can_be_sent_again_while_it_is_news(
    delivery: Delivery, client: Client
) -> None:
    marked(delivery, "failed", 552, "5.2.2 Mailbox full")
    client.force_login(person(Role.EDITOR))
    with translation.override("en"):
        shown = page(client.get(reverse("mailings:progress", args=[delivery.mailing.number])))
    assert 'value="again"' in shown
    assert 'value="arrived"' not in shown
    Delivery.objects.filter(pk=delivery.pk).update(attempts=MOST + 1)
    assert "it is sent again" in decide(client, delivery, "again")
    assert delivery.status == "queued"
    # It is tried as often again; but it is no message that was never tried.
    assert 0 < delivery.attempts < len(PAUSES)
    marked(delivery, "failed", 552, "5.2.2 Mailbox full")
    assert "Somebody decided on this message already." in decide(client, delivery, "arrived")
    assert delivery.status == "failed"


def seen(client: Client, row: Mailing) -> str:
    """Return the page of the sending as the editor sees it."""
    client.force_login(person(Role.EDITOR))
    with translation.override("en"):
        return page(client.get(reverse("mailings:progress", args=[row.number])))


def test_a_follow_up_can_be_sent_again_until_its_own_moment_whatever_its_edition(
    delivery: Delivery, client: Client
) -> None:
    past = timezone.now() - timedelta(hours=1)
    Mailing.objects.update(scheduled_for=past - timedelta(hours=1), expires_at=past)
    text = seen(client, delivery.mailing)
    assert "It is too late to send them again." in text
    assert 'value="again"' not in text
    Delivery.objects.update(leave_by=timezone.now() + timedelta(hours=1))
    text = seen(client, delivery.mailing)
    assert "too late" not in text
    assert 'value="again"' in text
    assert "it is sent again" in decide(client, delivery, "again")


def test_a_follow_up_whose_moment_is_over_is_not_offered_while_its_edition_goes_on(
    delivery: Delivery, client: Client
) -> None:
    other = Delivery.objects.create(
        mailing=delivery.mailing, address="other@x.example", language="nl", message_id="<other@x.example>",
        status="uncertain", leave_by=timezone.now() - timedelta(hours=1),
    )  # fmt: skip
    text = seen(client, delivery.mailing)
    assert text.count('value="again"') == text.count("It is too late to send it again.") == 1
    assert "It is too late to send it" in decide(client, other, "again")
    assert other.status == "uncertain"


def test_a_refused_message_is_not_offered_once_it_is_too_late(delivery: Delivery, client: Client) -> None:
    marked(delivery, "failed", 550, "no")
    assert 'value="again"' in seen(client, delivery.mailing)
    past = timezone.now() - timedelta(hours=1)
    Mailing.objects.update(scheduled_for=past - timedelta(hours=1), expires_at=past)
    assert 'value="again"' not in seen(client, delivery.mailing)


def test_the_link_proves_that_an_uncertain_message_arrived(delivery: Delivery, client: Client) -> None:
    delivery.acknowledge(by=person(Role.EDITOR))
    assert delivery.status == "uncertain", "who is signed in may have read it on the portal"
    client.post(f"/fr/mailings/read/{delivery.token}/")
    delivery.refresh_from_db()
    assert (delivery.status, delivery.accepted_at is not None) == ("accepted", True)
    client.post(f"/fr/mailings/read/{delivery.token}/")
    assert delivery.events.filter(kind="arrived").count() == 1
