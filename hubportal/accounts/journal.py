"""Writing the journal: a row for each sign-in, refusal, export and change of rights."""

import json
from collections.abc import Sequence
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models.journal_entry import JournalEntry, Kind
from hubportal.accounts.models.person import User

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


HEAD: Final = (_("at"), _("what"), _("who"), _("kind of thing"), _("thing"), _("detail"))


def cells(row: JournalEntry) -> Sequence[Any]:
    """Return the cells of an entry, under `HEAD`: the name of who did it, and what it was done to by its key."""
    detail = json.dumps(row.detail, ensure_ascii=False, sort_keys=True) if row.detail else ""
    who = row.actor.full_name if row.actor else ""
    return (row.at, row.get_kind_display(), who, row.target_type, row.target_id, detail)
