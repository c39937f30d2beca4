"""What this app knows of a person: editions they wrote, approved or received; and named extra addresses."""

from datetime import date
from typing import Final

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from hubportal.personal import Share, Subject
from hubportal.retention import CONTACT_MONTHS, HASHED, MAIL_MONTHS, Rule, hashed
from mailings.keeping import CLOSED, forget_addresses, hash_rows, store_proof
from mailings.models import Delivery, ExtraRecipient, Mailing, UnsavedText
from mailings.models.served import Served

EDITION: Final = ("mailing__number", "at")


def messages_of(subject: Subject) -> Q:
    """Return the condition that a message is somebody's: by a right of theirs, at any address, or by none at theirs.

    Two people may have shared an address, or had it one after the other: as in everyday mail (hubportal/outbox).
    """
    theirs = Q(pk__in=Served.objects.all().to(subject.user)) if subject.user else Q(pk=None)
    if not (address := subject.address.lower()):
        return theirs
    extra = Served.objects.filter(extra__email=address).order_by().values("delivery")
    nobodys = ~Exists(Served.objects.filter(delivery=OuterRef("pk")))
    return theirs | Q(pk__in=extra) | Q(nobodys, address=address)


SHARES: Final = (
    Share(
        "mailings.Delivery",
        "address",
        ("mailing__number", "address", "language", "status", "accepted_at", "acknowledged_at", "bounced_at"),
        where=messages_of,
    ),
    Share("mailings.DeliveryEvent", "by", ("delivery__mailing__number", "at", "kind")),
    Share(
        "mailings.ExtraRecipient",
        "email",
        ("full_name", "function_fr", "function_nl", "email", "starts_on", "ends_on"),
    ),
    Share("mailings.SuppressedAddress", "address", ("address", "reason", "since")),
    Share("mailings.Mailing", "created_by", ("number", "created_at")),
    Share("mailings.Mailing", "authors", ("number",)),
    Share("mailings.MailingEvent", "by", ("subject__number", "at", "target", "comment")),
    Share("mailings.Approval", "user", (*EDITION, "capacity", "decision", "comment")),
    Share("mailings.Attachment", "added_by", ("mailing__number", "added_at", "name")),
    Share("mailings.Revision", "by", (*EDITION, "language", "subject", "body")),
    Share("mailings.Schedule", "saved_by", ("name_fr", "name_nl", "saved_at")),
    Share("mailings.Schedule", "writers", ("name_fr", "name_nl")),
    Share("mailings.ScheduleRevision", "by", ("name_fr", "name_nl", "at")),
    Share("mailings.RunReminder", "user", ("days_before", "sent_on")),
    Share("mailings.UnsavedText", "user", ("mailing__number", "saved_at", "texts")),
)  # fmt: skip
KEPT: Final = {
    "mailings.Delivery.token": "opens the letter of whoever holds it: changed when the address is hashed",
    "mailings.Delivery.smtp_reply": "the relay's words on an address, forgotten with it",
    "mailings.DeliveryEvent.smtp_reply": "the relay's words on an address, forgotten with it",
}


def erase(subject: Subject) -> int:
    """Forget what was typed and not saved, and the addresses in extra addresses and in messages of closed editions.

    What still waits for them, and for nobody else who shares the address, is cancelled. A stopped address stays
    readable: who asked for no more mail must not get any.
    """
    done = UnsavedText.objects.filter(user=subject.user).delete()[0] if subject.user else 0
    # Before the extra address is a hash: it tells which messages are theirs.
    keys = list(Delivery.objects.filter(messages_of(subject)).order_by().values_list("pk", flat=True))
    if subject.address:
        done += _end_extra(subject.address)
    theirs = Delivery.objects.filter(pk__in=keys)
    done += theirs.end_without_right()
    received = theirs.filter(mailing__status__in=CLOSED)
    without = Mailing.objects.filter(pk__in=received.order_by().values("mailing"), proofs__isnull=True)
    for mailing in without.order_by("pk"):
        store_proof(mailing)
    return done + hash_rows(received)


def forget_extras(before: date) -> int:
    """Let the addresses become hashes of those who receive nothing since before a day; return how many."""
    return _hash_extra(Q(ends_on__lt=before))


RULES: Final = (
    Rule("mailings.addresses", MAIL_MONTHS, forget_addresses),
    Rule("mailings.extras", CONTACT_MONTHS, forget_extras),
)


def _end_extra(address: str) -> int:
    """End the rows of an extra address today, or on the first day of what was still to begin."""
    today, rows = timezone.localdate(), ExtraRecipient.objects.filter(email=address.lower())
    for row in rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=today)).order_by("pk"):
        row.ends_on = max(today, row.starts_on)
        row.save(update_fields=["ends_on"])
    return _hash_extra(Q(email=address.lower()))


def _hash_extra(which: Q) -> int:
    found = ExtraRecipient.objects.filter(which).exclude(email__endswith=f"@{HASHED}").order_by("pk")
    for row in (rows := list(found)):
        row.email = hashed(row.email)
    ExtraRecipient.objects.bulk_update(rows, ["email"])
    return len(rows)
