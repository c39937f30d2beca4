"""Fields of this app's forms: a line, a text in Markdown, a moment in Brussels."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LINE_BREAKS = frozenset("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")


class LineField(forms.CharField):
    """One line, in a box that shows two; a line break is refused, for it would end a header of the mail."""

    def __init__(self, **options: Any) -> None:
        box = forms.Textarea(attrs={"rows": 2, "class": "input--line"})
        super().__init__(max_length=200, required=False, widget=box, **options)

    def validate(self, value: str) -> None:
        """Refuse line breaks."""
        super().validate(value)
        if LINE_BREAKS.intersection(value):
            raise ValidationError(_("This is one line: take the line breaks away."), "lines")


class MarkdownField(forms.CharField):
    """A long text; line ends are kept as one character, so they count as one."""

    def __init__(self, **options: Any) -> None:
        box = forms.Textarea(attrs={"rows": 22})
        super().__init__(max_length=60_000, required=False, widget=box, **options)

    def to_python(self, value: Any) -> str:
        """Return the text with plain line ends."""
        return str(super().to_python(value)).replace("\r\n", "\n").replace("\r", "\n")


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
