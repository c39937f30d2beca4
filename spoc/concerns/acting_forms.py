"""The forms of the steps of a concern, and of what is written to it: their cleaned data are the verb's arguments."""

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Case, Value, When
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from hubportal.accounts.models import User
from hubportal.files.forms import UploadField
from hubportal.forms import carry
from spoc.concerns.raising_forms import CONFIDENTIAL, READERS, ReadersField
from spoc.models import Answer, Concern, ConcernGroup, ConcernTheme, StandardAnswer, Urgency
from spoc.models.answer_facts import LONGEST
from spoc.models.relay_item import named_in
from spoc.step_form import StepForm, text_field

KNOWN: Final = 5
"""As many published answers that resemble a concern are shown."""


class ConcernForm(StepForm):
    """A step that needs no more than a yes.

    `answers_in` is the field that the commune reads, where the agency writes to it: in the language of the concern.
    """

    answers_in: ClassVar[str] = ""
    row: Any
    offered: Sequence[Answer] = ()
    """Published answers that may answer it, where the step takes one: the page shows what they say."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.answers_in:
            self.fields[self.answers_in].widget.attrs["lang"] = self.row.language


class MessageForm(ConcernForm):
    """A message, with a file or without."""

    text = text_field(_("message"), rows=5, length=4000)
    upload = UploadField(label=_("file"), required=False, help_text=_("The Region does not get it."))


class NoteForm(MessageForm):
    """A note that only the agency reads."""

    def clean(self) -> dict[str, Any]:
        """Return the arguments of `write`."""
        return {**self.cleaned_data, "is_public": False}


class AskForm(ConcernForm):
    """What is asked of the commune."""

    answers_in = "question"

    question = text_field(pgettext_lazy("to the requester", "question"))


class ChooseReadersForm(ConcernForm):
    """Who reads it from now on."""

    is_shareable = ReadersField()

    def prepare(self) -> None:
        """Begin with who reads it now."""
        self.initial.setdefault("is_shareable", READERS[1][0] if self.row.is_shareable else CONFIDENTIAL)
        if notes := named_in(self.row.relays()):
            words = ngettext(
                "Relay note %(notes)s left while it was shared and names your commune: whoever got it keeps it.",
                "Relay notes %(notes)s left while it was shared and name your commune: whoever got them keeps them.",
                len(notes),
            )
            self.fields["is_shareable"].help_text = words % {"notes": ", ".join(notes)}


class GroupField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """A group in use, those on a theme first."""

    def __init__(self, **options: Any) -> None:
        super().__init__(ConcernGroup.objects.none(), label=_("Group"), **options)

    def offer(self, user: User, theme: str) -> None:
        """Offer the groups that a person may see, those on this theme first."""
        near = Case(When(theme=theme, then=Value(0)), default=Value(1))
        rows = ConcernGroup.objects.visible_to(user).in_use(user)
        self.queryset = rows.order_by(near, "-made_at", "-pk")


class AnswerField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """A published answer: some that resemble a concern are shown, every other one that may answer it is taken."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Answer.objects.none(), **options)

    def offer(self, row: Concern, user: User, chosen: Any) -> list[Answer]:
        """Show those that resemble it, the most alike first, after the one that is chosen; return what is shown."""
        self.queryset = row.known_answers(user)
        shown = list(row.answers_like_it(user)[:KNOWN])
        with contextlib.suppress(ValidationError):
            picked = self.to_python(chosen)
            shown = [picked, *shown] if picked and picked not in shown else shown
        widget: Any = self.widget
        none = [] if self.empty_label is None else [("", self.empty_label)]
        widget.choices = [*none, *((answer.pk, self.label_from_instance(answer)) for answer in shown)]
        return shown

    def label_from_instance(self, obj: Any) -> str:
        """Return its question; without one, how it begins."""
        return obj.question or Truncator(obj.text).words(20)


class QualifyForm(ConcernForm):
    """Theme, urgency and group as the SPOC sees them."""

    theme = forms.ModelChoiceField(
        ConcernTheme.objects.none(), label=pgettext_lazy("concern", "Theme"), empty_label=None
    )
    urgency = forms.ChoiceField(
        label=_("Urgency"),
        choices=Urgency.choices,
        widget=forms.RadioSelect(attrs={"class": "choices--inline"}),
    )
    group = GroupField(required=False, empty_label=_("No group"))

    def prepare(self) -> None:
        """Begin with what the commune chose; a theme that is not offered any more may stay."""
        theme: Any = self.fields["theme"]
        theme.queryset = ConcernTheme.objects.visible_to(self.user).offered(keeping=self.row.theme_id)
        _offer(self)
        if self.row.group_id:
            # Leaving its group is a step of its own: none is no answer here.
            self.fields["group"].empty_label = None  # type: ignore[attr-defined]
        self.initial.update(theme=self.row.theme_id, urgency=self.row.urgency, group=self.row.group_id)


class JoinForm(ConcernForm):
    """A group that there is."""

    group = GroupField(empty_label=pgettext_lazy("choice", "To choose"))

    def prepare(self) -> None:
        """Offer the other groups, those on its theme first."""
        _offer(self)


class AnswerLocallyForm(ConcernForm):
    """The answer of the agency; `source`: a published answer that it says again."""

    answers_in, act = "text", StandardAnswer.Act.CONCERN

    text = text_field(pgettext_lazy("to a concern", "answer"), rows=10, length=LONGEST)
    source = AnswerField(
        label=_("Published answer that this says again"),
        required=False,
        empty_label=pgettext_lazy("choice", "None"),
    )

    def prepare(self) -> None:
        """Offer the published answers that resemble it, any other may be sent; leave out a choice among nothing."""
        source: Any = self.fields["source"]
        self.offered = source.offer(self.row, self.user, self["source"].value())
        if not self.offered:
            del self.fields["source"]


class DeclineForm(ConcernForm):
    """Why it is not passed on."""

    answers_in, act, begins = "reason", StandardAnswer.Act.NOT_RELAYED, "reason"

    reason = text_field(_("reason"))


class AnswerForm(ConcernForm):
    """The answer of the Region, as it stands or in words that fit the commune."""

    answers_in = "text"

    text = text_field(pgettext_lazy("to the commune", "answer"), rows=12, length=LONGEST)
    source = forms.ModelChoiceField(Answer.objects.none(), widget=forms.HiddenInput, required=False)
    known: "Answer | None" = None

    def prepare(self) -> None:
        """Begin with the answer in the language of the concern."""
        known = self.row.answers_to_pass_on()
        field: Any = self.fields["source"]
        field.queryset = Answer.objects.visible_to(self.user).filter(pk__in=[answer.pk for answer in known])
        self.known = known[0] if known else None
        if self.known:
            own = self.known.text_in(self.row.language)
            self.initial.update(text=own, source=self.known.pk)

    def clean(self) -> dict[str, Any]:
        """Return the arguments: no text where it stands as it was given; refuse words that answer an older answer."""
        found = self.cleaned_data
        if self.known and self.data.get("source") not in ("", None, str(self.known.pk)):
            carry(self, "source", str(self.known.pk))
            self.errors.pop("source", None)
            self.add_error(
                None, _("The Region answered anew meanwhile: compare with your words, then press again.")
            )
        elif self.known and _lines(found.get("text", "")) == _lines(self.known.text_in(self.row.language)):
            found["text"] = ""
        return found


class SettleForm(ConcernForm):
    """The published answer that answers this, too."""

    answer = AnswerField(label=_("Answer"), widget=forms.RadioSelect, empty_label=None)

    def prepare(self) -> None:
        """Offer the published answers that resemble it, the most alike first; any other may be sent."""
        answer: Any = self.fields["answer"]
        self.offered = answer.offer(self.row, self.user, self["answer"].value())


class ReasonForm(ConcernForm):
    """Why."""

    reason = text_field(_("reason"))


class WithdrawForm(ConcernForm):
    """Why, if one wishes to say so."""

    reason = text_field(_("reason"), required=False, rows=3)


CONCERN_FORMS: Final[Mapping[str, type[ConcernForm]]] = {
    "qualify": QualifyForm,
    "requalify": QualifyForm,
    "join_group": JoinForm,
    "answer_locally": AnswerLocallyForm,
    "decline_relay": DeclineForm,
    "answer": AnswerForm,
    "settle": SettleForm,
    "reopen": ReasonForm,
    "withdraw": WithdrawForm,
}
"""The other steps need no more than a yes: `ConcernForm`."""


def _offer(form: ConcernForm) -> None:
    field: Any = form.fields["group"]
    field.offer(form.user, form.row.theme_id)


def _lines(text: str) -> list[str]:
    """Return the lines of a text: a browser ends them otherwise than they were kept."""
    return [line.rstrip() for line in text.strip().splitlines()]
