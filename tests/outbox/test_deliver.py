"""Sending to a real SMTP server, with everything that goes wrong there."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from aiosmtpd.controller import Controller
from django.db import OperationalError
from django.utils import timezone

from hubportal.outbox import tasks
from hubportal.outbox.apps import check_timeout
from hubportal.outbox.claim import LEASE, Chunk, Marked, Outcome, sweep
from hubportal.outbox.consignment import Status
from hubportal.outbox.deliver import _send, deliver
from hubportal.outbox.jobs import sweep_outbox
from hubportal.outbox.models import OutboxMessage
from hubportal.outbox.relay import relay
from tests.browser import free_port
from tests.sinks import Sink

Write = Callable[..., OutboxMessage]
pytestmark = pytest.mark.django_db(transaction=True)


def states() -> list[str]:
    """Return the states of all mails, in their order."""
    return list(OutboxMessage.objects.order_by("pk").values_list("status", flat=True))


def refused(**changes: str) -> Outcome:
    """Return the outcome of an attempt that the relay refused."""
    return Outcome(Status.FAILED, 550, "no", changes=changes)


def make_due() -> None:
    """Let the time of every mail that was put off have come."""
    past = timezone.now() - timedelta(seconds=1)
    OutboxMessage.objects.filter(status=Status.DEFERRED).update(next_try_at=past)


def end_leases() -> None:
    """Let every claim have run out."""
    past = timezone.now() - timedelta(seconds=1)
    OutboxMessage.objects.filter(status=Status.SENDING).update(lease_until=past)


def test_mails_are_accepted_in_order_on_one_connection(sink: Sink, write: Write) -> None:
    for name in ("ann", "bob", "cas"):
        write(name, text="Ligne.\n.point\n")
    assert deliver(OutboxMessage) == 3
    assert sink.recipients() == [f"{name}@example.brussels" for name in ("ann", "bob", "cas")]
    assert states() == ["accepted"] * 3
    mail = OutboxMessage.objects.earliest("pk")
    assert mail.accepted_at is not None
    assert (mail.smtp_code, mail.attempts, mail.worker) == (250, 1, "")
    assert str(sink.received()[0].get_payload(decode=True), "utf-8").startswith("Ligne.\r\n.point\r\n\r\n")


def test_more_than_a_chunk_leaves_in_one_go(
    sink: Sink, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Chunk.__init__, "__defaults__", (2,))
    for number in range(5):
        write(f"p{number}")
    assert deliver(OutboxMessage) == 5
    assert len(sink.received()) == 5


def test_a_call_ends_after_a_few_seconds_and_rings_for_the_rest(sink: Sink, write: Write) -> None:
    for number in range(3):
        write(f"p{number}")
    with (
        mock.patch("hubportal.outbox.deliver.LONGEST", -1),
        mock.patch("hubportal.outbox.tasks.ring") as ring,
    ):
        tasks.deliver()
        assert states() == ["accepted", "queued", "queued"]
        assert ring.call_count == 1
        tasks.deliver()
        tasks.deliver()
        assert ring.call_count == 2
    assert len(sink.received()) == 3


def test_a_secret_is_blanked_once_it_left(sink: Sink, write: Write) -> None:
    write(text="code: 123456", html="<p>123456 http://localhost:8000/fr/privacy/</p>", is_secret=True)
    deliver(OutboxMessage)
    mail = OutboxMessage.objects.get()
    assert (mail.status, mail.text, mail.html) == ("accepted", "", "")
    assert "123456" in str(sink.received()[0])


@pytest.mark.parametrize("reply", ["421 4.3.2 closing", "451 4.3.0 later", "454 4.7.0 later"])
@pytest.mark.parametrize("at", ["rcpt", "data"])
def test_a_not_now_is_tried_again_later(sink: Sink, write: Write, reply: str, at: str) -> None:
    write("ann", is_secret=True), write("bob")
    sink.fault({"match": "ann", "reply": reply, "at": at})
    deliver(OutboxMessage)
    assert states() == ["deferred", "accepted"]
    mail = OutboxMessage.objects.earliest("pk")
    assert mail.smtp_code == int(reply[:3])
    assert mail.text
    assert mail.next_try_at is not None
    assert abs(mail.next_try_at - timezone.now() - timedelta(minutes=1)) < timedelta(seconds=10)

    sink.fault()
    assert sweep(OutboxMessage) == 0
    make_due()
    assert sweep(OutboxMessage) == 1
    deliver(OutboxMessage)
    assert states() == ["accepted", "accepted"]
    assert len(sink.received()) == 2


def test_pauses_grow_and_end_after_a_day(sink: Sink, write: Write) -> None:
    mail = write("ann")
    sink.fault({"match": "ann", "reply": "451 later"})
    pauses = []
    for _ in range(5):
        deliver(OutboxMessage)
        mail.refresh_from_db()
        assert mail.next_try_at is not None
        pauses.append(round((mail.next_try_at - timezone.now()).total_seconds() / 60))
        make_due()
        sweep(OutboxMessage)
    assert pauses == [1, 5, 15, 60, 60]
    # However long ago it was written: while the relay is away nothing is tried, and nothing is used up.
    OutboxMessage.objects.update(created_at=timezone.now() - timedelta(days=3), attempts=25)
    deliver(OutboxMessage)
    assert states() == ["deferred"]
    make_due()
    sweep(OutboxMessage)
    # The attempts before this one took 1 + 5 + 15 + 23 × 60 minutes: the next hour would pass the day.
    deliver(OutboxMessage)
    mail.refresh_from_db()
    assert (mail.status, mail.smtp_code, mail.attempts) == ("failed", 451, 27)


def test_who_is_refused_as_a_sender_sends_later_and_no_mail_fails_for_it(sink: Sink, write: Write) -> None:
    write("ann", is_secret=True), write("bob")
    sink.fault({"match": "", "reply": "530 5.7.0 authentication required", "at": "mail"})
    deliver(OutboxMessage)
    assert states() == ["queued", "queued"]
    mail = OutboxMessage.objects.earliest("pk")
    assert (mail.attempts, bool(mail.text), mail.worker) == (0, True, "")
    sink.fault()
    deliver(OutboxMessage)
    assert states() == ["accepted", "accepted"]


@pytest.mark.parametrize("at", ["rcpt", "data"])
def test_a_no_is_a_no(sink: Sink, write: Write, at: str) -> None:
    write("ann", is_secret=True), write("bob")
    sink.fault({"match": "ann", "reply": "550 5.1.1 nobody here", "at": at})
    deliver(OutboxMessage)
    assert states() == ["failed", "accepted"]
    mail = OutboxMessage.objects.earliest("pk")
    assert (mail.smtp_code, mail.text) == (550, "")
    assert "nobody here" in mail.smtp_reply


def test_a_reply_lost_after_the_message_is_uncertain_and_never_sent_again(sink: Sink, write: Write) -> None:
    write("ann"), write("bob")
    sink.fault({"match": "ann", "drop_after_data": True, "at": "data"})
    deliver(OutboxMessage)
    assert states() == ["uncertain", "accepted"]
    sink.fault()
    sweep(OutboxMessage)
    deliver(OutboxMessage)
    assert sink.recipients() == ["ann@example.brussels", "bob@example.brussels"]


def test_a_relay_that_hangs_before_the_message_puts_nothing_at_risk(
    sink: Sink, write: Write, settings: object
) -> None:
    settings.EMAIL_TIMEOUT = 0.3  # type: ignore[attr-defined]
    write("ann")
    sink.fault({"match": "ann", "delay": 2, "at": "rcpt"})
    deliver(OutboxMessage)
    mail = OutboxMessage.objects.get()
    assert (mail.status, mail.attempts) == ("queued", 0)


def test_a_relay_that_hangs_after_the_message_is_uncertain(
    sink: Sink, write: Write, settings: object
) -> None:
    settings.EMAIL_TIMEOUT = 0.3  # type: ignore[attr-defined]
    write("ann")
    sink.fault({"match": "ann", "delay": 2, "at": "data"})
    deliver(OutboxMessage)
    assert states() == ["uncertain"]


def test_without_a_relay_mails_wait_and_leave_once(sink: Sink, write: Write) -> None:
    write("ann"), write("bob")
    sink.stop()
    assert deliver(OutboxMessage) == 0
    assert states() == ["queued", "queued"]
    assert OutboxMessage.objects.earliest("pk").attempts == 0
    sink.start()
    deliver(OutboxMessage)
    assert len(sink.received()) == 2


def test_an_idle_connection_that_was_closed_is_opened_again(sink: Sink, write: Write) -> None:
    write("ann")
    deliver(OutboxMessage)
    sink.stop()
    sink.start()
    write("bob")
    deliver(OutboxMessage)
    assert states() == ["accepted", "accepted"]


class Tired:
    """A relay that says good-bye to the second message of a connection, as Postfix does after a pause."""

    def __init__(self) -> None:
        self.kept: list[str] = []

    async def handle_MAIL(  # noqa: N802
        self, server: object, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if getattr(session, "is_used", False):
            return "421 4.4.2 idle for too long"
        session.is_used = True
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: object, session: object, envelope: Any
    ) -> str:
        self.kept += envelope.rcpt_tos
        return "250 OK"


def test_a_good_bye_on_an_idle_connection_is_no_answer_to_the_message(write: Write, settings: Any) -> None:
    tired = Tired()
    controller = Controller(tired, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    relay.close()
    try:
        for name in ("ann", "bob"):
            write(name)
            deliver(OutboxMessage)
    finally:
        relay.close()
        controller.stop()
    assert states() == ["accepted", "accepted"]
    assert len(tired.kept) == 2


def test_a_mail_that_cannot_be_built_holds_up_no_other(sink: Sink, write: Write) -> None:
    poison = write("ann")
    OutboxMessage.objects.filter(pk=poison.pk).update(subject="two\nlines")
    write("bob")
    deliver(OutboxMessage)
    assert states() == ["failed", "accepted"]


def test_two_workers_never_hold_the_same_row(write: Write) -> None:
    for number in range(3):
        write(f"p{number}")
    first, second = Chunk(OutboxMessage, 2), Chunk(OutboxMessage, 2)
    assert len(first.rows) == 2
    assert len(second.rows) == 1
    assert {row.pk for row in first.rows}.isdisjoint(row.pk for row in second.rows)


def test_of_a_dead_worker_the_first_mail_is_uncertain_and_the_others_leave(sink: Sink, write: Write) -> None:
    for name in ("ann", "bob", "cas", "dia"):
        write(name, is_secret=True)
    chunk = Chunk(OutboxMessage)
    assert chunk.mark(chunk.rows[0], refused(text="", html="")) is Marked.GO_ON
    assert sweep(OutboxMessage) == 0
    end_leases()
    assert sweep(OutboxMessage) == 3
    assert states() == ["failed", "uncertain", "queued", "queued"]
    deliver(OutboxMessage)
    assert sink.recipients() == ["cas@example.brussels", "dia@example.brussels"]


def test_a_worker_that_lost_its_rows_drops_them(sink: Sink, write: Write) -> None:
    for name in ("ann", "bob", "cas"):
        write(name)
    mark = Chunk.mark

    def too_slow(chunk: Chunk[OutboxMessage], row: OutboxMessage, outcome: Outcome) -> Marked:
        end_leases()
        sweep(OutboxMessage)
        return mark(chunk, row, outcome)

    chunk = Chunk(OutboxMessage)
    with mock.patch.object(Chunk, "mark", too_slow):
        assert _send(chunk, time.monotonic() + 60) == 0
    assert states() == ["uncertain", "queued", "queued"]
    deliver(OutboxMessage)
    assert sink.recipients() == [f"{name}@example.brussels" for name in ("ann", "bob", "cas")]


def test_a_lease_is_renewed_when_half_of_it_is_gone(sink: Sink, write: Write) -> None:
    for name in ("ann", "bob"):
        write(name)
    with (
        mock.patch.object(Chunk, "time_left", return_value=LEASE.total_seconds() / 2 - 1),
        mock.patch.object(Chunk, "renew", autospec=True, side_effect=Chunk.renew) as renew,
    ):
        assert deliver(OutboxMessage) == 2
    assert renew.call_count == 2


def test_a_worker_without_a_lease_sends_nothing(sink: Sink, write: Write) -> None:
    write("ann")
    with (
        mock.patch.object(Chunk, "time_left", return_value=-1.0),
        mock.patch.object(Chunk, "renew", return_value=False),
    ):
        assert deliver(OutboxMessage) == 0
    assert sink.recipients() == []


def test_an_outcome_is_written_although_the_database_went_away(sink: Sink, write: Write) -> None:
    write("ann")
    chunk = Chunk(OutboxMessage)
    marked, calls = chunk._marked, []

    def failing(row: OutboxMessage, outcome: Outcome) -> bool | None:
        calls.append(1)
        if len(calls) == 1:
            raise OperationalError("the connection is gone")
        return marked(row, outcome)

    with mock.patch.object(chunk, "_marked", failing), mock.patch("hubportal.outbox.claim.time.sleep"):
        assert chunk.mark(chunk.rows[0], refused()) is Marked.GO_ON
    assert states() == ["failed"]


def test_an_outcome_that_was_written_before_the_answer_was_lost_counts(sink: Sink, write: Write) -> None:
    write("ann")
    chunk = Chunk(OutboxMessage)
    marked, calls = chunk._marked, []

    def written_then_cut(row: OutboxMessage, outcome: Outcome) -> bool | None:
        calls.append(1)
        found = marked(row, outcome)
        if len(calls) == 1:
            raise OperationalError("the connection is gone")
        return found

    with (
        mock.patch.object(chunk, "_marked", written_then_cut),
        mock.patch("hubportal.outbox.claim.time.sleep"),
    ):
        assert chunk.mark(chunk.rows[0], refused()) is Marked.GO_ON


def test_what_is_put_back_while_the_database_restarts_does_not_become_uncertain(
    sink: Sink, write: Write
) -> None:
    write("ann")
    chunk = Chunk(OutboxMessage)
    held, calls = chunk._held, []

    def failing() -> Any:
        calls.append(1)
        if len(calls) == 1:
            raise OperationalError("the connection is gone")
        return held()

    with mock.patch.object(chunk, "_held", failing), mock.patch("hubportal.outbox.claim.time.sleep"):
        chunk.release()
    assert states() == ["queued"]


def test_a_tick_rings_for_what_waits(write: Write) -> None:
    with mock.patch("hubportal.outbox.jobs.ring") as ring:
        assert sweep_outbox(timezone.now()) == 0
        assert not ring.called
        write("ann")
        sweep_outbox(timezone.now())
        assert ring.called


def test_a_timeout_as_long_as_the_claim_stops_the_start(settings: object) -> None:
    assert check_timeout() == []
    for timeout in (None, LEASE.total_seconds() / 2):
        settings.EMAIL_TIMEOUT = timeout  # type: ignore[attr-defined]
        assert [error.id for error in check_timeout()] == ["outbox.E001"]
