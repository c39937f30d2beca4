"""The forms of what is written that is no step: a message, a note, an introduction; cleaned data are the arguments."""

from typing import Any

from django import forms
from django.db.models import Case, Value, When
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.files.forms import UploadField
from spoc.models import Partner, StandardAnswer
from spoc.step_form import StepForm, text_field


class MessageForm(StepForm):
    """A message, a file or both."""

    act = StandardAnswer.Act.MESSAGE

    text = text_field(_("message"), required=False, rows=8, length=4000)
    upload = UploadField(label=_("file"), required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse an empty message."""
        found = self.cleaned_data
        if not (found.get("text") or found.get("upload") or self.errors):
            self.add_error("text", _("Write a message or choose a file."))
        return found


class _PartnerField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """The directory: each with what they help with."""

    def label_from_instance(self, obj: Any) -> str:
        """Return the name and what they help with."""
        return f"{obj.name} – {obj.about}"


class IntroduceForm(StepForm):
    """To whom, about what; a partner outside the agency only with the commune's word."""

    colleague = forms.ModelChoiceField(
        User.objects.none(),
        label=_("colleague"),
        required=False,
        help_text=_("One of the two: a colleague or a partner."),
    )
    partner = _PartnerField(Partner.objects.none(), label=_("partner"), required=False)
    text = text_field(_("what it is about"), rows=6)
    agreed = forms.BooleanField(
        label=_("the commune agrees"),
        required=False,
        help_text=_(
            "That a partner gets the name, telephone and e-mail of its contact, and the title of the request."
        ),
    )

    def prepare(self) -> None:
        """Offer the colleagues, and the partners for this service first."""
        fits = Case(When(services__contains=[self.row.kind], then=Value(0)), default=Value(1))
        rows: dict[str, Any] = {
            "colleague": User.objects.holding(AGENCY_ROLES).exclude(pk=self.user.pk),
            "partner": Partner.objects.visible_to(self.user).in_use().order_by(fits, "name_fr", "pk"),
        }
        for name, found in rows.items():
            self.fields[name].queryset = found  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Return the arguments of `introduce`."""
        found = self.cleaned_data
        chosen = [name for name in ("colleague", "partner") if found.get(name) or name in self.errors]
        if len(chosen) != 1:
            self.add_error("colleague", _("Choose a colleague or a partner: one of them."))
        if found.get("partner") and not found.get("agreed"):
            self.add_error("agreed", _("Ask the commune first, then tick."))
        return found


class NoteForm(StepForm):
    """A note that only the agency reads."""

    text = text_field(_("note"), length=4000)
    upload = UploadField(label=_("file"), required=False)

    def clean(self) -> dict[str, Any]:
        """Return the arguments of `write`."""
        return {**self.cleaned_data, "is_public": False}
