"""What a tick does for the outbox."""

from collections.abc import Callable
from datetime import datetime

from hubportal.outbox.bell import ring
from hubportal.outbox.claim import sweep
from hubportal.outbox.models import OutboxMessage


def sweep_outbox(now: datetime) -> int:
    """Queue again what is due and what dead workers left, and ring for whatever waits."""
    swept = sweep(OutboxMessage)
    if OutboxMessage.objects.all().queued().exists():
        ring()
    return swept


JOBS: list[Callable[[datetime], int]] = [sweep_outbox]
