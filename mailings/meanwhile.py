"""What somebody else saved while a person was typing: taken over where nothing was typed, else shown beside it.

Nothing is overwritten unseen: the form then carries the version that it shows, so the next save is made knowingly.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hubportal.changes import Change, changes
from hubportal.forms import add_errors, carry
from mailings.models import Mailing, Revision
from mailings.models.mailing import EMPTY
from mailings.models.texts import FIELDS
from mailings.models.unsaved import NAMES, by_box, same

FIRST: Final = 1
"""An edition begins with this version, which is empty, unless a rhythm began it with a text."""
_TICKED: Final[Mapping[str, str | Promise]] = {
    "True": gettext_lazy("chosen"),
    "False": gettext_lazy("not chosen"),
}


class Meeting(NamedTuple):
    """Two texts of one edition: what stands in the boxes, where the kept one differs, what was taken over from it."""

    texts: dict[str, str]
    theirs: dict[str, list[Change]]
    taken: list[str]
    last: Revision | None
    """Who saved the version that is kept now."""


def former(mailing: Mailing, version: int) -> dict[str, str] | None:
    """Return the texts of a version by box; None when it was not kept."""
    if kept := Revision.objects.all().both_of(mailing, version):
        return by_box(
            {language: {name: getattr(row, name) for name in FIELDS} for language, row in kept.items()}
        )
    return by_box(EMPTY) if version == FIRST else None


def meet(mailing: Mailing, mine: Mapping[str, str], version: int) -> Meeting:
    """Return what becomes of one's own texts, made of an earlier version, beside those that are kept now."""
    base, kept = former(mailing, version), by_box(mailing.texts)
    texts, theirs, taken = dict(mine), {}, []
    for name in NAMES:
        if same(mine[name], kept[name]) or (base and same(kept[name], base[name])):
            continue
        if base and same(mine[name], base[name]):
            texts[name] = kept[name]
            taken.append(name)
        else:
            theirs[name] = changes(kept[name], mine[name])
    last = mailing.revisions.select_related("by").order_by("-version").first()
    return Meeting(texts, theirs, taken, last)


class MeetingForm(forms.Form):
    """A form on an edition that two people may write at once; `meeting` is what both wrote, once that is known."""

    meeting: Meeting | None = None

    def __init__(self, *args: Any, mailing: Mailing, **kwargs: Any) -> None:
        self.mailing = mailing
        kwargs["initial"] = self.stored()
        super().__init__(*args, **kwargs)
        if self.is_bound:
            self._keep_empty_choices()

    def stored(self) -> dict[str, Any]:
        """Return what is saved now, by field."""
        raise NotImplementedError

    def open_with(self, texts: Mapping[str, str], version: int) -> None:
        """Show texts that were made of a version and not saved; with those of somebody who saved another one since."""
        if version != self.mailing.version:
            self.meeting = meet(self.mailing, texts, version)
            texts = self.meeting.texts
        self.initial.update(texts)

    def refuse(self, error: ValidationError) -> None:
        """Say what a save was refused for; after one that came too late, the next is made on what is shown then."""
        if getattr(error, "code", "") == "stale":
            mine = {name: self.cleaned_data[name] for name in NAMES}
            self.meeting = meet(self.mailing, mine, self.cleaned_data["version"] or 0)
            for name in self.meeting.taken:
                carry(self, name, self.meeting.texts[name])
            carry(self, "version", str(self.mailing.version))
            self._meet_facts()
        add_errors(self, error)

    @property
    def theirs(self) -> dict[str, list[Change]]:
        """Where somebody else saved other words meanwhile: the lines by field."""
        return self.meeting.theirs if self.meeting else {}

    @property
    def taken(self) -> list[BoundField]:
        """The fields that hold what somebody else saved, where nothing had been typed."""
        return [self[name] for name in self.meeting.taken] if self.meeting else []

    @property
    def seen(self) -> SafeString:
        """What the page shows besides the texts, in hidden fields: what nobody touched is no choice."""
        return format_html_join("", "{}", ((field.as_hidden(only_initial=True),) for field in self._facts()))

    def _facts(self) -> list[BoundField]:
        return [field for field in self if field.field.show_hidden_initial]

    def _keep_empty_choices(self) -> None:
        """Let a choice of nothing that the page showed stay that: a hidden field of no value is not sent."""
        for field in self._facts():
            is_many = isinstance(field.field, forms.MultipleChoiceField)
            if is_many and field.html_initial_name not in self.data:
                self._carry(field.html_initial_name, [])

    def _meet_facts(self) -> None:
        """Take over what only the other one chose; say at its field what both chose otherwise."""
        kept = self.stored()
        for field in self._facts():
            widget = field.field.hidden_widget()
            seen = _plain(widget.value_from_datadict(self.data, self.files, field.html_initial_name))
            mine, theirs = _plain(field.data), _plain(kept[field.name])
            self._carry(field.html_initial_name, theirs)
            if theirs in (mine, seen):
                continue
            if mine == seen:
                # A box that is not ticked is not sent at all.
                self._carry(field.html_name, [] if theirs == ["False"] else theirs)
                continue
            said = {"version": self.mailing.version, "value": _said(field, theirs)}
            self.add_error(
                field.name, _("Version %(version)s says: %(value)s. Save again to replace that.") % said
            )

    def _carry(self, name: str, values: list[str]) -> None:
        self.data = data = cast("QueryDict", self.data).copy()
        data.setlist(name, values)


def _plain(value: Any) -> list[str]:
    """Return a value as a form sends it."""
    values = value if isinstance(value, list | tuple) else [] if value is None else [value]
    return sorted(map(str, values))


def _said(field: BoundField, values: list[str]) -> str:
    labels = {**_TICKED, **{str(key): label for key, label in getattr(field.field, "choices", [])}}
    return ", ".join(str(labels.get(value, value)) for value in values) or "–"
