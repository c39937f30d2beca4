"""Days on which the agency is closed, said beside whom to call."""

from django.utils import timezone
from django.utils.translation import get_language

from hubportal.businessdays import CalendarError, holiday_name


def holiday_today() -> str:
    """Return the name of today's holiday in the reader's language, empty on other days."""
    try:
        return holiday_name(timezone.localdate(), (get_language() or "fr")[:2]) or ""
    except CalendarError:
        # Beyond the checked-in calendar: say nothing rather than guess.
        return ""
