"""Notices as Postfix, Microsoft 365 and Gmail write them, about a message of ours; the addresses are invented."""

from pathlib import Path

from mailings.letter.posting import bounce_address
from mailings.models import Delivery

FOLDER = Path(__file__).parent / "notices"
DIAGNOSTICS = {
    "postfix": "550 5.1.1 <nadia>: Recipient address rejected: User unknown in virtual mailbox table",
    "microsoft365": "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
    "gmail": "550-5.1.1 The email account that you tried to reach does not exist. 550 5.1.1 NoSuchUser - gsmtp",
}
STATUS = {"postfix": "5.1.1", "microsoft365": "5.1.10", "gmail": "5.1.1"}
SHAPES = tuple(STATUS)


def notice(
    delivery: Delivery,
    shape: str = "postfix",
    *,
    status: str = "",
    action: str = "failed",
    diagnostic: str = "",
    recipient: str = "",
    verp: str = "",
    message_id: str = "",
) -> bytes:
    """Return a notice about a message: that its address does not exist, unless told."""
    values = {
        "@VERP@": verp or bounce_address(delivery.message_id),
        "@ADDRESS@": recipient or delivery.address,
        "@MESSAGE_ID@": message_id or delivery.message_id,
        "@ACTION@": action,
        "@STATUS@": status or STATUS.get(shape, ""),
        "@DIAGNOSTIC@": diagnostic or DIAGNOSTICS.get(shape, ""),
    }
    text = (FOLDER / f"{shape}.eml").read_text("utf-8")
    for name, value in values.items():
        text = text.replace(name, value)
    # A mail system gives each notice a name of its own.
    if status or action != "failed" or diagnostic:
        text = text.replace("Message-ID: <", f"Message-ID: <{abs(hash((status, action, diagnostic)))}.", 1)
        text = text.replace("Message-Id: <", f"Message-Id: <{abs(hash((status, action, diagnostic)))}.", 1)
    return text.encode()
