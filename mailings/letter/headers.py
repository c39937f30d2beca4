"""Headers of a mailing: those that all its messages share, and those of one message."""

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import urlsplit


def common_headers(
    languages: Sequence[str], base_url: str, from_address: str, contact_email: str
) -> dict[str, str]:
    """Return the headers that are the same for every recipient; the subject is the letter's.

    List-Id: RFC 2919; List-Archive and List-Help: RFC 2369; one click: RFC 8058; Auto-Submitted: RFC 3834.
    """
    base = f"{base_url.rstrip('/')}/{languages[0]}"
    return {
        "From": from_address,
        "Content-Language": ", ".join(languages),
        "List-Id": f"<mailing.{urlsplit(base_url).hostname}>",
        "List-Archive": f"<{base}/mailings/>",
        "List-Help": f"<{base}/help/>, <mailto:{contact_email}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }


def own_headers(
    address: str, token: str, message_id: str, date: datetime, languages: Sequence[str], base_url: str
) -> dict[str, str]:
    """Return the headers of one recipient's message; `date` is the frozen, aware moment of the delivery."""
    stop = f"{base_url.rstrip('/')}/{languages[0]}/mailings/stop/{token}/"
    return {
        "To": address,
        "Message-ID": message_id,
        "Date": format_datetime(date),
        "List-Unsubscribe": f"<{stop}>",
    }
