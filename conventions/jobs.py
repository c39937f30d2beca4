"""What a tick does for conventions."""

from collections.abc import Callable
from datetime import datetime

from conventions import documents


def order_documents(now: datetime) -> int:
    """Call a worker for the documents that are missing; return how many are."""
    return documents.order()


JOBS: list[Callable[[datetime], int]] = [order_documents]
