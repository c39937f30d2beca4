"""A form about a text that two people may write at once: it carries the version that was read."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils import translation
from django.utils.text import capfirst

from conventions.models import TextConflictError
from hubportal.access.constraints import constraint_messages


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
            # The next try is made knowingly: it carries the present version.
            self.data = data = cast("QueryDict", self.data).copy()
            data["version"] = str(error.version)
        found: dict[str, Any] = getattr(error, "error_dict", {"": error})
        for name, errors in found.items():
            self.add_error(name if name in self.fields else None, errors)


def own_language(form: forms.Form, names: Iterable[str]) -> None:
    """Let the label of each of these fields (text_fr, text_nl) speak the language of its text, whoever writes."""
    for name in names:
        with translation.override(name[-2:]):
            form.fields[name].label = str(capfirst(form.fields[name].label))
