"""Storing the proof of an edition, and what is forgotten after it: addresses become hashes."""

import logging
import secrets
from datetime import date
from typing import Any, Final, cast

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils import translation

from hubportal.accounts.models import User
from hubportal.exports import csv_lines
from hubportal.fingerprint import fingerprint
from hubportal.outbox.consignment import OPEN
from hubportal.outbox.words import only_ours
from hubportal.retention import HASHED, Partly, hashed, retention
from mailings import proving
from mailings.models import LANGUAGES, Delivery, DeliveryEvent, Mailing, Status, StoredProof
from mailings.models.choices import FOUND_ARRIVED, LINK_USED

logger = logging.getLogger(__name__)
CHUNK: Final = 500
"""Messages written at once."""
PUBLIC: Final = ("name", "office_fr", "office_nl", "commune_fr", "commune_nl")
"""What stays of a message: who it went to, in which office (facts §5.3)."""
CLOSED: Final = (Status.SENT, Status.CANCELLED, Status.EXPIRED)


class _Portal:
    """Who asks for the proof that is stored: the portal, which reads it as the agency does."""

    pk = None
    full_name = "hubportal"

    def has_role(self, *roles: str) -> bool:
        """Read everything."""
        return True


@transaction.atomic
def store_proof(mailing: Mailing, *, is_last: bool = False) -> None:
    """Store the proof of an edition in French and in Dutch, as it is now."""
    portal = cast("User", _Portal())
    for language in LANGUAGES:
        with translation.override(language):
            head = [str(name) for name in proving.HEAD]
            table = "".join(csv_lines(head, proving.rows(mailing, portal)))
            page = proving.markup(mailing, portal)
        StoredProof.objects.create(
            mailing=mailing,
            language=language,
            table=table,
            page=page,
            sha256=fingerprint({"table": table, "page": page}),
            is_last=is_last,
        )


def forget_addresses(before: date) -> int | Partly:
    """Let the addresses of the messages that were written before a day become hashes; return how many messages.

    The proof of their edition is stored in the same transaction, before; where it cannot be, the addresses stay, the
    others go on, and the rule is done in part. Without its connection it goes no further. An edition of which a
    message may still leave is left alone.
    """
    old = Delivery.objects.filter(created_at__date__lt=before)
    due = old.exclude(address__endswith=f"@{HASHED}").order_by().values("mailing")
    waiting = Delivery.objects.filter(status__in=OPEN).order_by().values("mailing")
    done, is_whole = 0, True
    for mailing in (
        Mailing.objects.filter(pk__in=due, status__in=CLOSED).exclude(pk__in=waiting).order_by("pk")
    ):
        try:
            done += _forgotten(mailing, old.filter(mailing=mailing))
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            is_whole = False
            logger.exception("edition %s: its addresses stay, its proof could not be stored", mailing.number)
    return done if is_whole else Partly(done)


@transaction.atomic
def _forgotten(mailing: Mailing, rows: "QuerySet[Delivery]") -> int:
    if not mailing.proofs.filter(is_last=True).exists():
        store_proof(mailing, is_last=True)
    return hash_rows(rows)


def hash_rows(rows: "QuerySet[Delivery]") -> int:
    """Let the addresses of these messages become hashes, and their links lead nowhere; return how many.

    Name, office and what became of the message stay; the words of the relay, which may hold an address, go.
    """
    done, kept = 0, only_ours(FOUND_ARRIVED, LINK_USED)
    with retention():
        left = rows.exclude(address__endswith=f"@{HASHED}").exclude(status__in=OPEN).order_by("pk")
        while chunk := list(left.select_for_update(of=("self",))[:CHUNK]):
            for row in chunk:
                row.address, row.token = hashed(row.address), secrets.token_urlsafe()
                row.values = {name: value for name, value in row.values.items() if name in PUBLIC}
            Delivery.objects.bulk_update(chunk, ["address", "token", "values"])
            Delivery.objects.filter(pk__in=[row.pk for row in chunk]).update(smtp_reply=kept)
            events: Any = DeliveryEvent.objects.filter(delivery__in=chunk).exclude(smtp_reply="")
            events.update(smtp_reply=kept)
            done += len(chunk)
    return done
