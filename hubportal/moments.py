"""Moments in Brussels: when a day begins; a day and an hour as a field of a form."""

from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def midnight(day: date) -> datetime:
    """Return the moment at which a day begins: an index on a moment knows no days."""
    return timezone.make_aware(datetime.combine(day, time.min))


class MomentField(forms.DateTimeField):
    """A day and an hour in Brussels; those that the change of the clocks leaves out, or has twice, are refused."""

    def to_python(self, value: Any) -> datetime | None:
        """Return the aware moment; ValidationError says what is wrong with it."""
        try:
            return super().to_python(value)
        except ValidationError as error:
            if error.code == "ambiguous_timezone" and error.params:
                raise _clock_error(error.params["datetime"]) from error
            raise


def _clock_error(typed: datetime) -> ValidationError:
    zone = timezone.get_current_timezone()
    # An hour that does not exist comes back as another one.
    there_and_back = typed.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    if there_and_back.replace(tzinfo=None) == typed:
        words = _("This hour comes twice: the clocks go back that night. Choose another one.")
        return ValidationError(words, "two_hours")
    words = _("This hour does not exist: the clocks go forward that night. Choose another one.")
    return ValidationError(words, "no_hour")
