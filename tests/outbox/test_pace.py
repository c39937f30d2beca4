"""No more messages leave in a minute than the relay takes."""

from collections.abc import Callable
from datetime import timedelta
from itertools import combinations

import pytest
from django.utils import timezone
from pytest_django import Settings

from hubportal.outbox import pace
from hubportal.outbox.claim import Chunk, sweep
from hubportal.outbox.deliver import deliver
from hubportal.outbox.models import OutboxMessage
from hubportal.outbox.pace import SLACK, Pace
from tests.sinks import Sink

Write = Callable[..., OutboxMessage]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def thirty(write: Write) -> None:
    """Thirty mails that wait."""
    for number in range(30):
        write(f"p{number:02}")


def claimed() -> int:
    """Return how many rows a claim gets now."""
    return len(Chunk(OutboxMessage).rows)


def move(by: timedelta) -> None:
    """Let the next message leave at another moment."""
    Pace.objects.update(next_at=timezone.now() + by)


def test_without_a_limit_nobody_asks(thirty: None) -> None:
    assert claimed() == 30
    assert not Pace.objects.exists()
    assert pace.wait() == 0


def test_a_claim_takes_what_is_due_and_the_next_one_waits(thirty: None, settings: Settings) -> None:
    settings.MAILS_PER_MINUTE = 10
    assert claimed() == 1
    assert claimed() == 0
    assert 5 < pace.wait() < 6.2


def test_what_was_not_used_is_not_saved_up(thirty: None, settings: Settings) -> None:
    settings.MAILS_PER_MINUTE = 600
    claimed()
    move(-timedelta(hours=1))
    assert claimed() == 1 + int(SLACK.total_seconds() * 600 / 61)


def test_a_clock_that_was_set_back_holds_nothing_up(thirty: None, settings: Settings) -> None:
    settings.MAILS_PER_MINUTE = 600
    claimed()
    move(timedelta(hours=1))
    assert pace.wait() < 0.2
    assert claimed() == 0


def test_an_empty_claim_uses_nothing_up(settings: Settings) -> None:
    settings.MAILS_PER_MINUTE = 1
    assert claimed() == 0
    assert pace.wait() == 0


def test_a_worker_waits_for_its_turn_and_sends_them_all(sink: Sink, thirty: None, settings: Settings) -> None:
    settings.MAILS_PER_MINUTE = 1200
    assert deliver(OutboxMessage) == 30
    assert len(sink.recipients()) == 30
    keeps(sink, 1200)


def test_a_turn_that_comes_too_late_ends_the_call_at_once(
    sink: Sink, thirty: None, settings: Settings
) -> None:
    settings.MAILS_PER_MINUTE = 2
    began = timezone.now()
    assert deliver(OutboxMessage) == 1
    assert timezone.now() - began < timedelta(seconds=3)
    assert pace.wait() > 25
    assert sweep(OutboxMessage) == 0


def keeps(sink: Sink, per_minute: int) -> None:
    """Fail when more left in any span than the limit allows."""
    moments = [timezone.datetime.fromisoformat(mail["X-Received-At"]) for mail in sink.received()]
    between = timedelta(seconds=61) / per_minute
    for (first, start), (last, end) in combinations(enumerate(moments), 2):
        # What was claimed together, or waited for a busy machine, arrives later than it was due.
        assert end - start >= (last - first) * between - 2 * SLACK, f"{last - first + 1} in {end - start}"
