"""Mails to send."""

from collections.abc import Callable
from typing import Any

import pytest

from hubportal.outbox.models import OutboxMessage, post


@pytest.fixture
def write(monkeypatch: pytest.MonkeyPatch) -> Callable[..., OutboxMessage]:
    """Write a mail to `<name>@example.brussels`; no bell rings."""
    monkeypatch.setattr("hubportal.outbox.models.ring", lambda: None)

    def one(name: str = "ann", **changes: Any) -> OutboxMessage:
        mail = {"person": None, "language": "fr", "subject": "Sujet", "text": "Bonjour.\n", "kind": "test"}
        return post(**{"to": f"{name}@example.brussels", **mail, **changes})

    return one
