"""What everyday mail knows of a person: the mails they received."""

from datetime import date
from typing import Any, Final

from django.db.models import Q, QuerySet

from hubportal.moments import midnight
from hubportal.outbox.consignment import OPEN, WAITING, Status
from hubportal.outbox.models import OutboxMessage
from hubportal.outbox.words import ERASED, only_ours
from hubportal.personal import Share, Subject
from hubportal.retention import HASHED, MAIL_MONTHS, Rule, hashed


def mails_of(subject: Subject) -> Q:
    """Return the condition that a mail is somebody's: written for them, at any address, or for nobody at theirs.

    Two people may have shared an address, or had it one after the other: what was written for one of them is theirs.
    """
    theirs = Q(person=subject.user.pk) if subject.user else Q(pk=None)
    return theirs | Q(person=None, to_address__iexact=subject.address) if subject.address else theirs


SHARES: Final = (
    Share(
        "outbox.OutboxMessage",
        "person",
        ("created_at", "to_address", "subject", "status"),
        where=mails_of,
    ),
)
KEPT: Final = {
    "outbox.OutboxMessage.smtp_reply": "the relay's words on the mail, forgotten with its address",
}
GONE: Final = "–"


def erase(subject: Subject) -> int:
    """Forget the mails to a person that are done, and cancel those that wait; return how many.

    What a worker is handing over at this moment is left to it, and goes with the mails of its month.
    """
    rows = OutboxMessage.objects.filter(mails_of(subject))
    cancelled = {"status": Status.CANCELLED, "next_try_at": None, "smtp_reply": ERASED}
    return _forget(rows.exclude(status__in=OPEN)) + _forget(rows.filter(status__in=WAITING), **cancelled)


def forget_mails(before: date) -> int:
    """Forget address and text of the mails written before a day; what and when stays. Return how many."""
    old = OutboxMessage.objects.filter(created_at__lt=midnight(before))
    return _forget(old.exclude(status__in=OPEN))


RULES: Final = (Rule("outbox.mails", MAIL_MONTHS, forget_mails),)


def _forget(rows: QuerySet[OutboxMessage], **also: Any) -> int:
    found = rows.exclude(to_address__endswith=f"@{HASHED}").order_by()
    done = 0
    for address in found.values_list("to_address", flat=True).distinct():
        gone: dict[str, Any] = {"subject": GONE, "text": "", "html": "", "smtp_reply": only_ours(), **also}
        done += found.filter(to_address=address).update(to_address=hashed(address), **gone)
    return done
