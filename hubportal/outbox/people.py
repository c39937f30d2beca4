"""What everyday mail knows of a person: the mails they received."""

from datetime import date
from typing import Final

from django.db.models import QuerySet

from hubportal.outbox.consignment import OPEN
from hubportal.outbox.models import OutboxMessage
from hubportal.personal import Share, Subject
from hubportal.retention import HASHED, MAIL_MONTHS, Rule, hashed

SHARES: Final = (Share("outbox.OutboxMessage", "to_address", ("created_at", "subject", "status")),)
KEPT: Final = {
    "outbox.OutboxMessage.person": "the mails of a person are shown by their address, whoever they were written for",
    "outbox.OutboxMessage.smtp_reply": "the relay's words on the mail, forgotten with its address",
}
GONE: Final = "–"


def erase(subject: Subject) -> int:
    """Forget the mails to a person that are done; return how many."""
    rows = OutboxMessage.objects.filter(to_address__iexact=subject.address)
    return _forget(rows) if subject.address else 0


def forget_mails(before: date) -> int:
    """Forget address and text of the mails written before a day; what and when stays. Return how many."""
    return _forget(OutboxMessage.objects.filter(created_at__date__lt=before))


RULES: Final = (Rule("outbox.mails", MAIL_MONTHS, forget_mails),)


def _forget(rows: QuerySet[OutboxMessage]) -> int:
    found = rows.exclude(status__in=OPEN).exclude(to_address__endswith=f"@{HASHED}").order_by()
    done = 0
    for address in found.values_list("to_address", flat=True).distinct():
        gone = {"subject": GONE, "text": "", "html": "", "smtp_reply": ""}
        done += found.filter(to_address=address).update(to_address=hashed(address), **gone)
    return done
