"""Fields of this app's forms: a line, a text in Markdown; `full_label` names them away from their column."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LINE_BREAKS = frozenset("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")


class LineField(forms.CharField):
    """One line, in a box that shows two; a line break is refused, for it would end a header of the mail."""

    def __init__(self, *, full_label: str | Promise = "", **options: Any) -> None:
        self.full_label = full_label
        box = forms.Textarea(attrs={"rows": 2, "class": "input--line"})
        super().__init__(max_length=200, required=False, widget=box, **options)

    def validate(self, value: str) -> None:
        """Refuse line breaks."""
        super().validate(value)
        if LINE_BREAKS.intersection(value):
            raise ValidationError(_("This is one line: take the line breaks away."), "lines")


class MarkdownField(forms.CharField):
    """A long text, with tools for its layout above it; line ends are kept as one character, so they count as one."""

    def __init__(self, *, full_label: str | Promise = "", **options: Any) -> None:
        self.full_label = full_label
        box = forms.Textarea(attrs={"rows": 22, "data-markdown": True})
        super().__init__(max_length=60_000, required=False, widget=box, **options)

    def to_python(self, value: Any) -> str:
        """Return the text with plain line ends."""
        return str(super().to_python(value)).replace("\r\n", "\n").replace("\r", "\n")
