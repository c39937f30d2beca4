"""The forms of relay notes; cleaned data are the arguments of the verb."""

from copy import copy
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubportal.files.forms import AsksForFileAgain, UploadField
from hubportal.forms import InBoth, add_errors, carry
from spoc.models import Concern, ConcernGroup, RelayItem, RelayNote, RelayPart, checks
from spoc.models.answer_facts import LONGEST
from spoc.step_form import text_field

LONG: Final = forms.Textarea(attrs={"rows": 6})


class Written(InBoth, forms.ModelForm):  # type: ignore[type-arg]  # Django's forms are not generic at run time
    """Words of a note being written. What another lead saved meanwhile is shown first, and nothing of it lost."""

    is_stale = False
    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label = capfirst(field.label)
        if self.instance.pk is None:
            del self.fields["shown"]
        self._read()

    def compare(self) -> None:
        """Show what another lead saved meanwhile, and let the next try be made knowingly."""
        self.is_stale = True
        self.instance.refresh_from_db()
        self._read()
        carry(self, "shown", self.initial["shown"])

    def _read(self) -> None:
        self.kept = {name: getattr(self.instance, name) for name in self._meta.fields or ()}
        self.initial["shown"] = checks.mark_of(self.instance, self.kept)

    def _post_clean(self) -> None:
        """Leave the checks of the row to the verb, which knows the note and the person."""


class NewForm(Written):
    """To whom, and by when an answer is needed."""

    class Meta:
        model = RelayNote
        fields: tuple[str, ...] = (
            "addressee",
            "addressee_name",
            "addressee_address",
            "addressee_email",
            "due_on",
        )
        widgets = {"addressee": forms.RadioSelect, "addressee_address": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["addressee"]
        # None is the usual one: whom a note goes to is chosen.
        field.choices = [choice for choice in field.choices if choice[0]]

    def _post_clean(self) -> None:
        """Say what the row refuses together with what the fields do: one submit tells all there is to mend."""
        row = copy(self.instance)
        unwritten = {field.name for field in row._meta.fields} - self.fields.keys()
        for name, value in self.cleaned_data.items():
            setattr(row, name, value)
        try:
            row.refuse(was_due=self.instance.due_on, besides=unwritten | self.errors.keys())
        except ValidationError as error:
            add_errors(self, error)


class FactsForm(NewForm):
    """The same, and the introduction."""

    in_both = ("introduction",)
    others_first = True

    class Meta(NewForm.Meta):
        fields: tuple[str, ...] = (*NewForm.Meta.fields, "introduction_fr", "introduction_nl")
        widgets = {**NewForm.Meta.widgets, "introduction_fr": LONG, "introduction_nl": LONG}


class ItemForm(Written):
    """Title and summary of an item."""

    in_both = ("title", "summary")

    class Meta:
        model = RelayItem
        fields = ("title_fr", "title_nl", "summary_fr", "summary_nl")
        widgets = {"summary_fr": LONG, "summary_nl": LONG}


class PartForm(Written):
    """A confidential concern, in words that do not tell whose it is."""

    class Meta:
        model = RelayPart
        fields = ("title", "text")
        widgets = {"text": forms.Textarea(attrs={"rows": 10})}


class AddForm(forms.Form):
    """Groups and single concerns that a note takes up."""

    groups = forms.ModelMultipleChoiceField(ConcernGroup.objects.none(), required=False)
    concerns = forms.ModelMultipleChoiceField(
        Concern.objects.none(),
        required=False,
        error_messages={
            "invalid_choice": _("A concern cannot be relayed any more: read the list again, then add."),
        },
    )
    item = forms.ModelChoiceField(
        RelayItem.objects.none(),
        label=_("Single concerns become"),
        required=False,
        empty_label=_("an item of their own each"),
    )

    def __init__(
        self, *args: Any, groups: Any, concerns: QuerySet[Concern], items: QuerySet[RelayItem], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("groups", groups), ("concerns", concerns), ("item", items)):
            field: Any = self.fields[name]
            field.queryset = rows

    def clean(self) -> dict[str, Any]:
        """Ask for one at least."""
        found = self.cleaned_data
        if not self.errors and not (found.get("groups") or found.get("concerns")):
            raise ValidationError(_("Tick at least one group or one concern."))
        return found


class SendForm(forms.Form):
    """The second look: it leaves as it was read, or it is read again."""

    reread = forms.BooleanField(
        label=_("I have reread it in both languages; nothing tells whose a confidential concern is"),
        error_messages={"required": _("Read it once more, then tick: nothing of it changes afterwards.")},
    )
    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def read(self, now: str) -> None:
        """Let the next try be made knowingly: it carries the mark of what is shown with it."""
        self.initial["shown"] = now
        if self.is_bound:
            carry(self, "shown", now)


class StepForm(AsksForFileAgain):
    """A step of a note; once it was sent, staff add the document from which they record it."""

    def __init__(self, *args: Any, row: RelayNote, is_recorded: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label = capfirst(field.label)
        self.row, self.is_recorded = row, is_recorded
        self.prepare()

    def prepare(self) -> None:
        """Fit the fields to the note and the person."""


class AcknowledgeForm(StepForm):
    """That it arrived; of staff, with the document in which the addressee says so."""

    upload = UploadField(
        label=_("source document"), help_text=_("The letter or mail in which the addressee says so.")
    )

    def prepare(self) -> None:
        """Ask the addressee for no document."""
        if not self.is_recorded:
            del self.fields["upload"]


class CloseForm(StepForm):
    """Why nothing more is awaited."""

    reason = text_field(
        pgettext_lazy("relay note", "reason"),
        rows=3,
        length=1000,
        required=False,
        help_text=_("Needed while anything is unanswered. Communes, cabinet and task force read it."),
    )


class DropForm(StepForm):
    """Why the draft is discarded, if one wishes to say so."""

    reason = text_field(
        pgettext_lazy("relay note", "reason"),
        rows=3,
        length=1000,
        required=False,
        help_text=_("Only the agency reads it."),
    )


class AnswerForm(InBoth, StepForm):
    """What the addressee says: in both languages, or in one for now."""

    in_both = one_is_needed = ("text",)
    text_fr = text_field(_("answer in French"), rows=8, length=LONGEST, required=False)
    text_nl = text_field(_("answer in Dutch"), rows=8, length=LONGEST, required=False)
    on_behalf_of = forms.CharField(
        label=_("on behalf of"),
        max_length=160,
        help_text=_("Who answered, in which letter and of which day."),
    )
    upload = UploadField(
        label=_("source document"), help_text=_("The letter or mail in which the addressee answers.")
    )

    def prepare(self) -> None:
        """Ask staff where they have it from; whoever answers for themselves may add a file."""
        if not self.is_recorded:
            del self.fields["on_behalf_of"]
            self.fields["upload"].required = False
            self.fields["upload"].label = _("File")
            self.fields["upload"].help_text = ""


STEP_FORMS: Final[dict[str, type[StepForm]]] = {
    "acknowledge": AcknowledgeForm,
    "close": CloseForm,
    "drop": DropForm,
}
