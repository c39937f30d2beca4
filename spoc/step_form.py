"""The form of a step of a request or a concern, or of what is written to it: what all of them ask and refuse."""

from collections.abc import Iterable
from typing import Any, ClassVar, Final, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from hubportal.files.forms import AsksForFileAgain
from hubportal.forms import carry
from spoc.models import Side

TEXT_MAX = 2000
BLANK: Final = "[…]"
"""What a standard answer leaves open, and nobody sends."""


def text_field(label: Any, *, rows: int = 5, length: int = TEXT_MAX, **options: Any) -> forms.CharField:
    """Return a field for a few sentences."""
    return forms.CharField(
        label=label, max_length=length, widget=forms.Textarea(attrs={"rows": rows}), **options
    )


class Beginning(NamedTuple):
    """A standard answer as it is offered: its texts by language, that of the requester first."""

    code: str
    title: str
    texts: list[tuple[str, str]]


class StepForm(AsksForFileAgain):
    """A form that knows the request, or the concern, and the person who takes the step.

    `act` says which standard answers fit (`StandardAnswer.Act`), `begins` which field they begin; `beginnings` are
    those offered, where the page offers any. What has an `act` is words to the other party: the agency, which also
    keeps notes, looks twice at what leaves the house; a commune has no notes to confuse it with.
    """

    act: ClassVar[str] = ""
    begins: ClassVar[str] = "text"
    beginnings: Iterable[Beginning] = ()
    verb: str = ""
    """The step that is asked, where it may still be taken once somebody else has taken another one."""
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, row: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label = capfirst(field.label)
        self.row, self.user = row, user
        self.initial.setdefault("seen", row.status)
        if self.act and row.side_of(user) == Side.AGENCY:
            self.fields["reread"] = _reread()
        self.prepare()

    def prepare(self) -> None:
        """Fit the fields to the request and the person."""

    def _post_clean(self) -> None:
        """Refuse once a step on a state that the page did not show: what was accepted is not declined unseen."""
        super()._post_clean()  # type: ignore[misc]  # Django's, but not in the stubs
        for name in ("seen", "reread"):
            self.cleaned_data.pop(name, None)
        if self.act and BLANK in str(self.cleaned_data.get(self.begins, "")):
            self.add_error(self.begins, _("Fill in what a standard answer leaves open: […]."))
        seen, now = self.data.get(self.add_prefix("seen"), ""), self.row.status
        sources = {state for line in self.row.TRANSITIONS if line.verb == self.verb for state in line.sources}
        if seen and seen != now and now in sources:
            carry(self, "seen", now)
            words = _(
                "The state has changed meanwhile: it is “%(state)s” now. Read what it says, then press again."
            )
            self.add_error(None, ValidationError(words, "stale", {"state": self.row.get_status_display()}))


def _reread() -> forms.BooleanField:
    """Return the second look: a box to tick once the words were read again."""
    return forms.BooleanField(
        label=_("I have reread it: the commune reads this"),
        error_messages={"required": _("Read it once more, then tick: the commune gets this by mail.")},
    )
