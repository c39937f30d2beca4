"""An edition whose time is over while it is sent: what is given up, what waits for a person, who reads it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from hubportal.accounts.models import Role, User
from hubportal.outbox.models import OutboxMessage
from mailings import figures, jobs, readers, receipts
from mailings.models import Mailing
from tests.mailings.leaving import marked, page
from tests.mailings.made import brought_to, person

pytestmark = pytest.mark.django_db
PAUSED = "This edition was cancelled while it was being sent: not everybody has received it."


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def row(echevine: User, stranger: User) -> Mailing:
    """An edition on its way to two people; the first one's message was accepted."""
    row = brought_to("sending")
    marked(row.deliveries.get(address=echevine.email), "accepted", 250, "queued as 1")
    return row


def time_over(row: Mailing) -> None:
    """Let the edition's last moment pass, and the tick come by."""
    past = timezone.now() - timedelta(minutes=1)
    Mailing.objects.filter(pk=row.pk).update(scheduled_for=past - timedelta(hours=1), expires_at=past)
    jobs.halt(timezone.now())
    jobs.finish(timezone.now())
    row.refresh_from_db()


def test_one_full_mailbox_does_not_hold_it_up_for_ever(row: Mailing, stranger: User, client: Client) -> None:
    full = marked(row.deliveries.get(address=stranger.email), "deferred", 452, "4.2.2 Mailbox full")
    time_over(row)
    full.refresh_from_db()
    assert (row.status, full.status) == ("sent", "cancelled")
    assert full.events.order_by("pk").values_list("kind", flat=True).last() == "expired"
    client.force_login(person(Role.EDITOR))
    text = page(client.get(reverse("mailings:progress", args=[row.number])))
    assert "did not leave in time: its edition has expired" in text
    assert not OutboxMessage.objects.filter(kind="mailing paused").exists()


def test_what_was_never_tried_waits_for_a_person(row: Mailing, stranger: User, client: Client) -> None:
    waiting = row.deliveries.get(address=stranger.email)
    time_over(row)
    waiting.refresh_from_db()
    assert (row.status, waiting.status) == ("paused", "queued")
    mail = OutboxMessage.objects.filter(kind="mailing paused").earliest("pk")
    assert mail.to_address == person(Role.EDITOR).email
    client.force_login(person(Role.EDITOR))
    for name in ("progress", "detail"):
        text = page(client.get(reverse(f"mailings:{name}", args=[row.number])))
        assert "had come, and messages had not been tried, or none was accepted." in text


def test_what_nobody_accepted_waits_for_a_person(row: Mailing) -> None:
    for delivery in row.deliveries.all():
        marked(delivery, "deferred", 451, "greylisted")
    time_over(row)
    assert row.status == "paused"
    assert not row.deliveries.filter(status="cancelled").exists()


@pytest.mark.parametrize("attempts", [0, 1])
@pytest.mark.parametrize("end", ["accepted", "deferred", "uncertain"])
def test_a_message_in_the_hands_of_a_worker_is_waited_for(
    row: Mailing, stranger: User, attempts: int, end: str
) -> None:
    held = marked(row.deliveries.get(address=stranger.email), "sending")
    row.deliveries.filter(pk=held.pk).update(attempts=attempts)
    time_over(row)
    held.refresh_from_db()
    assert (row.status, held.status) == ("sending", "sending")
    marked(held, end)
    time_over(row)
    held.refresh_from_db()
    assert (row.status, held.status) == ("sent", "cancelled" if end == "deferred" else end)


def test_what_a_dead_worker_held_untried_waits_for_a_person(row: Mailing, stranger: User) -> None:
    held = marked(row.deliveries.get(address=stranger.email), "sending")
    time_over(row)
    assert row.status == "sending"
    # The sweep has put it back: it was not the message that the worker died on.
    row.deliveries.filter(pk=held.pk).update(status="queued", worker="", lease_until=None, attempts=0)
    time_over(row)
    assert row.status == "paused"


def test_a_moment_that_was_moved_meanwhile_counts(row: Mailing, stranger: User) -> None:
    marked(row.deliveries.get(address=stranger.email), "deferred", 452, "full")
    with pytest.raises(Exception, match="Somebody was first"):
        row.run_out()
    assert row.deliveries.filter(status="deferred").exists()


@pytest.mark.parametrize("status", ["sending", "paused", "cancelled"])
@pytest.mark.parametrize("outcome", ["accepted", "uncertain"])
def test_who_may_have_received_it_reads_it_whatever_became_of_the_rest(
    row: Mailing, echevine: User, stranger: User, client: Client, status: str, outcome: str
) -> None:
    own = marked(row.deliveries.get(address=echevine.email), outcome)
    if status == "paused":
        row.pause(by=person(Role.LEAD))
    elif status == "cancelled":
        row.cancel(by=person(Role.LEAD), reason="Un chiffre est faux.")
    client.force_login(echevine)
    text = page(client.get(row.get_absolute_url()))
    assert "Soldes et terrasses" in text
    assert "I have taken note" in text
    assert (PAUSED in text) == (status == "cancelled")
    for secret in ("Un chiffre est faux", "Who said what", "Coverage", "fingerprint", stranger.full_name):
        assert secret not in text
    assert row.get_absolute_url() in page(client.get(reverse("mailings:list")))
    for other in ("preview", "recipients"):
        assert client.get(reverse(f"mailings:{other}", args=[row.number])).status_code == 403
    assert client.get(reverse("mailings:progress", args=[row.number])).status_code == 404
    client.post(reverse("mailings:acknowledge", args=[row.number]))
    own.refresh_from_db()
    assert own.acknowledged_at

    client.force_login(stranger)
    assert client.get(row.get_absolute_url()).status_code == 404
    assert row.get_absolute_url() not in page(client.get(reverse("mailings:list")))


def test_it_asks_those_who_have_it_for_an_acknowledgement(
    row: Mailing, echevine: User, stranger: User
) -> None:
    marked(row.deliveries.get(address=stranger.email), "deferred", 452, "full")
    assert list(receipts.waiting(echevine)) == [row], "it is in their hands, though not yet in everybody's"
    assert receipts.receipts(echevine, [row])[row.pk].waits
    assert not receipts.receipts(stranger, [row])[row.pk].waits
    time_over(row)
    assert list(receipts.waiting(echevine)) == [row]
    assert not receipts.waiting(stranger).exists(), "nothing was written to them; they may read it"


def test_who_was_not_written_to_in_the_end_counts_nowhere(row: Mailing, stranger: User) -> None:
    """The page of an edition, that of a commune, and the figures say the same."""
    marked(row.deliveries.get(address=stranger.email), "deferred", 452, "full")
    time_over(row)
    row.deliveries.get(status="accepted").acknowledge()
    nis = stranger.mandates.get().commune_id
    (read,) = readers.by_commune(row)
    assert (read.total, read.acknowledged) == (1, 1)
    assert set(figures.readers([row], [nis, read.commune.nis])) == {(row.pk, read.commune.nis)}
    found = figures.figures(person(Role.EDITOR), [row])[row.pk]
    assert (found.messages, found.acknowledged, found.percent) == (1, 1, 100)


def test_who_read_it_on_the_portal_counts_though_the_mailbox_refused_it(row: Mailing, stranger: User) -> None:
    marked(row.deliveries.get(address=stranger.email), "failed", 552, "full")
    time_over(row)
    for delivery in row.deliveries.all():
        delivery.acknowledge(by=person(Role.EDITOR))
    found = figures.figures(person(Role.EDITOR), [row])[row.pk]
    assert (found.accepted, found.acknowledged, found.percent) == (1, 2, 100)
    assert [(one.total, one.acknowledged) for one in readers.by_commune(row)] == [(1, 1), (1, 1)]
