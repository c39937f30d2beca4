"""What is forgotten by time: the periods, the one door through the append-only triggers, how an address is hashed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Final, NamedTuple

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

CONTACT_MONTHS: Final = 12
"""After the last right ended: address, telephone and ways in go; name, office and dates stay (facts §5.3)."""
MAIL_MONTHS: Final = 12
"""Addresses of messages become hashes, everyday mails lose their texts."""
SIGN_IN_MONTHS: Final = 12
"""Sign-ins and refusals in the journal (`PERIODS` in accounts says which kinds these are)."""
HASHED: Final = "hash.invalid"
"""The domain of what was an address (RFC 2606: it leads nowhere)."""


class Partly(NamedTuple):
    """What a rule did that could not do all: how many rows. It logged the rest, and is told as failed."""

    rows: int


class Rule(NamedTuple):
    """Something that is forgotten once it is `months` old: `forget` takes the first day that is kept."""

    name: str
    months: int
    forget: Callable[[date], int | Partly]


@contextmanager
def retention() -> Iterator[None]:
    """Do, in a transaction, what only the end of a retention period may: change rows that are append-only or frozen.

    Nothing else sets `hubportal.retention`; it holds for this connection, until the (outermost) block ends.
    """
    with transaction.atomic():
        before = _let("on")
        yield
        # After an error the transaction is undone, and this with it.
        _let(before)


def hashed(address: str) -> str:
    """Return what stands for an address: the same for the same one, and nobody reads it back without our key.

    Whoever has the key (`SECRET_KEY`) can try addresses until one fits. Without it, or once it is changed and thrown
    away, what is hashed already is only a number: the same address then gives another one, so two rows are seen to be
    of one address only when they were hashed by one key. Former keys (`SECRET_KEY_FALLBACKS`) are not tried.
    """
    if address.endswith(f"@{HASHED}"):
        return address
    return (
        f"{salted_hmac('hubportal.retention', address.lower(), algorithm='sha256').hexdigest()[:40]}@{HASHED}"
    )


def _let(state: str) -> str:
    """Set whether the door is open; return what was set before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('hubportal.retention', true), '')")
        (before,) = cursor.fetchone()
        cursor.execute("SELECT set_config('hubportal.retention', %s, true)", [state])
    return str(before)
