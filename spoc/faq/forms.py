"""The forms of the steps of an answer; cleaned data are the arguments of the verb."""

from datetime import date
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from hubportal.forms import InBoth
from spoc import deadlines
from spoc.models import Answer
from spoc.models.answer_facts import LONGEST, LONGEST_QUESTION
from spoc.plan_forms import PlanStepForm, ReadForm
from spoc.step_form import text_field


class CompleteForm(InBoth, ReadForm):
    """The answer in both languages, and the question that it answers for all communes."""

    in_both, one_is_needed = ("text", "question"), ("text",)
    text_fr = text_field(_("answer in French"), rows=10, length=LONGEST, required=False)
    text_nl = text_field(_("answer in Dutch"), rows=10, length=LONGEST, required=False)
    question_fr = text_field(
        _("question in French"),
        rows=2,
        length=LONGEST_QUESTION,
        required=False,
        help_text=_("For all communes: name none."),
    )
    question_nl = text_field(
        _("question in Dutch"),
        rows=2,
        length=LONGEST_QUESTION,
        required=False,
        help_text=_("For all communes: name none."),
    )

    def __init__(self, *args: Any, row: Answer, user: User, **kwargs: Any) -> None:
        names = [f"{name}_{language}" for name in self.in_both for language in ("fr", "nl")]
        super().__init__(*args, row=row, initial={name: getattr(row, name) for name in names}, **kwargs)
        for language, other in (("fr", "nl"), ("nl", "fr")):
            field, missing = self.fields[f"text_{language}"], self.fields[f"text_{other}"]
            # What the addressee wrote is read here, not changed.
            if row.text_in(language) and not row.can_be_reworded_by(user):
                field.disabled, field.help_text = True, _("Said by the addressee: only they change it.")
                missing.required = not row.text_in(other)


def _in_a_while() -> date:
    return deadlines.review_on(timezone.localdate())


class ReviewForm(PlanStepForm):
    """The day on which is asked again."""

    review_on = forms.DateField(label=_("asked again on"), initial=_in_a_while)


class PublishForm(ReadForm):
    """The day on which is asked whether it is still valid, and that both texts were read once more."""

    review_on = forms.DateField(label=_("asked on whether it is still valid"), initial=_in_a_while)
    reread = forms.BooleanField(
        label=_("I have reread both languages: no word tells whose a confidential concern is"),
        error_messages={"required": _("Read both once more, then tick: afterwards nothing of it changes.")},
    )

    def clean(self) -> dict[str, Any]:
        """Return the arguments of `publish`: the tick is none."""
        found = dict(self.cleaned_data)
        found.pop("reread", None)
        return found


class FaqForm(InBoth, PlanStepForm):
    """The question that it answers for all communes."""

    in_both = ("question",)
    question_fr = text_field(_("question in French"), rows=3, length=LONGEST_QUESTION)
    question_nl = text_field(_("question in Dutch"), rows=3, length=LONGEST_QUESTION)

    def __init__(self, *args: Any, row: Answer, user: User, **kwargs: Any) -> None:
        super().__init__(*args, row=row, initial=row.question_to_begin_with(user), **kwargs)


class WithdrawForm(PlanStepForm):
    """Why it is not valid any more."""

    reason = text_field(
        _("reason"),
        rows=3,
        length=1000,
        help_text=_("Cabinet and task force read it, and the communes to whose SPOC a concern comes back."),
    )


STEP_FORMS: Final[dict[str, type[PlanStepForm]]] = {
    "complete": CompleteForm,
    "publish": PublishForm,
    "put_in_faq": FaqForm,
    "review": ReviewForm,
    "withdraw": WithdrawForm,
}
