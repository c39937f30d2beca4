"""A delivery as the relay gets it: the frozen letter of its language, with the recipient's own values."""

from email.utils import parseaddr
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail.message import sanitize_address

from hubportal.outbox.consignment import Envelope
from mailings.letter import Letter
from mailings.letter.headers import common_headers, own_headers
from mailings.letter.skeleton import Skeleton
from mailings.models.texts import FrozenLetter

if TYPE_CHECKING:
    from mailings.models.delivery import Delivery


def envelope(delivery: "Delivery") -> Envelope:
    """Return the message of a delivery; its sender tells whose message a bounce is about (VERP)."""
    skeleton = _skeleton(delivery.mailing_id, delivery.language)
    content = skeleton.build(values_of(delivery), headers_of(delivery))
    # SMTP knows ASCII only: a domain with an accent goes by its other name, as in the header.
    return Envelope(bounce_address(delivery.message_id), sanitize_address(delivery.address, "utf-8"), content)


def values_of(delivery: "Delivery") -> dict[str, str]:
    """Return what stands for each placeholder of the letter."""
    return {**delivery.values, "token": delivery.token}


def headers_of(delivery: "Delivery") -> dict[str, str]:
    """Return the headers that differ by recipient."""
    return own_headers(
        address=delivery.address,
        token=delivery.token,
        message_id=delivery.message_id,
        date=delivery.created_at,
        languages=delivery.language.split(","),
        base_url=settings.BASE_URL,
    )


def bounce_address(message_id: str) -> str:
    """Return the envelope sender: the mailbox for bounces, with the left side of the Message-ID after a plus."""
    mailbox, _, domain = settings.BOUNCES.partition("@")
    return f"{mailbox}+{message_id.strip('<>').partition('@')[0]}@{domain}"


def sender_domain() -> str:
    """Return the domain of the sender, which is that of every Message-ID."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]


def letter_of(frozen: FrozenLetter) -> tuple[Letter, dict[str, str]]:
    """Return a frozen letter, and the headers that all its messages share."""
    languages = tuple(frozen.language.split(","))
    headers = common_headers(
        languages, settings.BASE_URL, settings.DEFAULT_FROM_EMAIL, settings.CONTACT_EMAIL
    )
    return Letter(languages, frozen.subject, frozen.text, frozen.html), headers


@lru_cache(maxsize=16)
def _skeleton(mailing_id: int, language: str) -> Skeleton:
    """Return the skeleton of a letter, made once in each process: a frozen letter never changes."""
    return Skeleton(*letter_of(FrozenLetter.objects.get(mailing=mailing_id, language=language)))
