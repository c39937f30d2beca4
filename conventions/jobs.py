"""What a tick does for conventions."""

from collections.abc import Callable
from datetime import datetime

from conventions import documents
from conventions.models import Bundle
from conventions.models.choices import BUNDLES
from hubportal.outbox.bell import ring


def order_documents(now: datetime) -> int:
    """Call a worker for the documents that are missing; return how many are."""
    return documents.order()


def order_bundles(now: datetime) -> int:
    """Call a worker for the ZIPs that were asked for and those that dead workers left; return how many."""
    count = Bundle.objects.due(now).count()
    if count:
        ring(BUNDLES)
    return count


def drop_bundles(now: datetime) -> int:
    """Take away the ZIPs whose time is over; return how many."""
    rows = list(Bundle.objects.outdated(now))
    for row in rows:
        row.drop_file()
    return len(rows)


JOBS: list[Callable[[datetime], int]] = [order_documents, order_bundles, drop_bundles]
