"""Dates and hours as they are written in Brussels, in the language of the page.

23.11.2026 in each language; "lundi 23 novembre 2026"; hours 9 h 30 in French, 9.30 uur in Dutch, 9:30 in
English. A moment (aware datetime) is shown in the time zone of the portal.
"""

import datetime as dt

from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

NBSP = "\N{NO-BREAK SPACE}"


def _local(value: dt.date) -> dt.date:
    return _local_time(value) if isinstance(value, dt.datetime) else value


def _local_time(value: dt.datetime) -> dt.datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


def _language() -> str:
    return (get_language() or "fr")[:2]


def short_date(value: dt.date) -> str:
    """Return 23.11.2026."""
    return f"{_local(value):%d.%m.%Y}"


def long_date(value: dt.date) -> str:
    """Return "lundi 23 novembre 2026" in the language of the page; in French the first is "1er"."""
    local = _local(value)
    day = "1er" if local.day == 1 and _language() == "fr" else str(local.day)
    return date_format(local, "l {} F Y").replace("{}", day)


def hour(value: dt.datetime | dt.time) -> str:
    """Return 9 h 30 (or 9 h), 9.30 uur (or 9 uur), 9:30."""
    local = _local_time(value) if isinstance(value, dt.datetime) else value
    minutes = f"{local.minute:02d}"
    if _language() == "fr":
        return f"{local.hour}{NBSP}h{NBSP}{minutes}" if local.minute else f"{local.hour}{NBSP}h"
    if _language() == "nl":
        return f"{local.hour}.{minutes}{NBSP}uur" if local.minute else f"{local.hour}{NBSP}uur"
    return f"{local.hour}:{minutes}"


def when(value: dt.date) -> SafeString:
    """Return <time> with 23.11.2026, and the hour too for a moment."""
    local = _local(value)
    text = short_date(local)
    if isinstance(local, dt.datetime):
        text = f"{text}, {hour(local)}"
        return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="minutes"), text)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), text)
