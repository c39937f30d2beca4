"""A form about a text that two people may write at once: it carries the version that was read."""

from collections.abc import Callable, Iterable
from datetime import date
from itertools import chain
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from conventions.models import TextConflictError
from hubportal.access.constraints import constraint_messages
from hubportal.forms import add_errors, carry
from hubportal.look.dates import short_date


class Stored(NamedTuple):
    """A text that somebody else saved meanwhile, and the field with one's own."""

    field: BoundField
    text: str


class VersionedForm(forms.Form):
    """A form with the version of what it shows; `stored` is what somebody else saved meanwhile."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    conflict: TextConflictError | None = None

    def took(self, verb: Callable[[], object]) -> bool:
        """Call a verb of the model; False when it refused: the reasons are in the form then."""
        try:
            with constraint_messages():
                verb()
        except ValidationError as error:
            self._refuse(error)
            return False
        return True

    @property
    def stored(self) -> list[Stored]:
        """Where another text is kept now than the one that was typed."""
        if self.conflict is None:
            return []
        mine, theirs = self.conflict.mine, self.conflict.theirs
        return [Stored(self[name], text) for name, text in theirs.items() if mine.get(name) != text]

    def _refuse(self, error: ValidationError) -> None:
        if isinstance(error, TextConflictError):
            self.conflict = error
            carry(self, "version", str(error.version))
        add_errors(self, error)


class SeenForm(forms.Form):
    """A form on columns that two people may write at once; `seen` marks what the page showed of them."""

    COLUMNS: ClassVar[tuple[str, ...]]
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, row: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {**self._kept(row), **kwargs.get("initial", {}), "seen": self._mark(row)}
        super().__init__(*args, **kwargs)

    @property
    def facts(self) -> dict[str, Any]:
        """What is to be written, by column."""
        return {name: self.cleaned_data[name] for name in self.COLUMNS}

    def check_seen(self, row: Any) -> None:
        """Refuse once, at each field, to write over what somebody else wrote meanwhile. Ask it under the lock."""
        kept, mark, typed = self._kept(row), self._mark(row), self.facts
        differ = [name for name in self.COLUMNS if kept[name] != typed[name]]
        if self.cleaned_data["seen"] == mark or not differ:
            return
        carry(self, "seen", mark)
        text = _("Somebody wrote “%(value)s” here in the meantime. Save again to replace it.")
        raise ValidationError(
            {name: ValidationError(text, "stale", {"value": _said(kept[name])}) for name in differ}
        )

    def _kept(self, row: Any) -> dict[str, Any]:
        return {name: getattr(row, name) for name in self.COLUMNS}

    def _mark(self, row: Any) -> str:
        return repr(sorted(self._kept(row).items()))


class KnowingForm(forms.Form):
    """A form that begins something; `knowingly` names the unsigned one that the person was told of."""

    knowingly = forms.CharField(required=False, max_length=30, widget=forms.HiddenInput)

    def refuse(self, error: ValidationError) -> None:
        """Say what the model refused; the unsigned one that it names is known from then on."""
        add_errors(self, error)
        for found in chain.from_iterable(error.update_error_dict({}).values()):
            if found.code == "unsigned" and found.params:
                carry(self, "knowingly", found.params["reference"])


def _said(value: Any) -> str:
    if value in (None, ""):
        return "–"
    return short_date(value) if isinstance(value, date) else str(value)


def own_language(form: forms.Form, names: Iterable[str]) -> None:
    """Let the label of each of these fields (text_fr, text_nl) speak the language of its text, whoever writes."""
    for name in names:
        with translation.override(name[-2:]):
            form.fields[name].label = str(capfirst(form.fields[name].label))
