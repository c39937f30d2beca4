"""Writing the journal: a row for each sign-in, refusal, export and change of rights."""

from typing import Any

from django.db import models

from hubportal.accounts.models import JournalEntry, User
from hubportal.accounts.models.journal_entry import Kind

__all__ = ["Kind", "journal"]


def journal(
    kind: Kind, actor: User | None, target: models.Model | None = None, **detail: Any
) -> JournalEntry:
    """Write one entry and return it; `detail` holds codes and dates, never names or addresses.

    Inside a transaction the entry stands or falls with it; a refusal is journalled outside.
    """
    return JournalEntry.objects.create(
        kind=kind,
        actor=actor,
        target_type=target._meta.label_lower if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        detail=detail,
    )
