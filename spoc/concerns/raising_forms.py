"""The form by which a commune raises a concern: one short page, most of it answered already."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from communes.models import Commune
from hubportal.accounts.models import User
from hubportal.files.forms import AsksForFileAgain, UploadsField
from spoc.models import Concern, ConcernTheme, TextLanguage, Urgency

CONFIDENTIAL: Final = "confidential"
READERS: Final[Sequence[tuple[str, str | Promise]]] = (
    (
        CONFIDENTIAL,
        _(
            "Confidential: the other communes read its theme only, and the Region reads it without the name of "
            "your commune."
        ),
    ),
    (
        "shared",
        _(
            "Shared: the other communes read all of it, with the name of your commune, of who raised it and of who "
            "writes: text, files, messages, answers and each step. The Region reads title and text with the name of "
            "your commune."
        ),
    ),
)


class ReadersField(forms.TypedChoiceField):
    """Who reads a concern; its value is whether the other communes may."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=_("Who may read it"),
            choices=READERS,
            coerce=lambda value: value != CONFIDENTIAL,
            widget=forms.RadioSelect,
            **options,
        )


class RaiseForm(AsksForFileAgain, forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """What is asked; the cleaned data are the arguments of `raise_one`."""

    is_shareable = ReadersField(initial=CONFIDENTIAL)
    uploads = UploadsField(
        label=_("Files"),
        required=False,
        help_text=_(
            "Photos, plans, letters: PDF, image, text or office document, 25 MB each at most. The Region does not get "
            "them: say in the text what it must know."
        ),
    )
    commune = forms.ModelChoiceField(Commune.objects.none(), label=_("For which commune"), empty_label=None)

    class Meta:
        model = Concern
        fields = ("title", "text", "theme", "urgency", "language")
        labels = {"title": _("In a few words"), "text": _("Your question or problem")}
        help_texts = {
            "title": _("For example: distance between the tables of a terrace."),
            "text": _("What happens, where, and what you need to know or to obtain."),
        }
        error_messages = {
            "title": {"required": _("Say it in a few words: it is found by them.")},
            "text": {"required": _("Write what you ask, or what the problem is.")},
            "theme": {"required": _("Choose a theme.")},
        }
        widgets = {
            "text": forms.Textarea(attrs={"rows": 5}),
            "urgency": forms.RadioSelect(attrs={"class": "choices--inline"}),
            "language": forms.RadioSelect(attrs={"class": "choices--inline"}),
        }

    field_order = ("commune", "title", "text", "theme", "urgency", "is_shareable", "language", "uploads")

    def __init__(
        self, *args: Any, communes: Sequence[Commune], current: Commune | None, user: User, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.communes = communes
        field: Any = self.fields["commune"]
        field.queryset = Commune.objects.filter(pk__in=[commune.pk for commune in communes])
        if len(communes) == 1:
            del self.fields["commune"]
        self.initial.setdefault("commune", current)
        theme: Any = self.fields["theme"]
        theme.queryset = ConcernTheme.objects.visible_to(user).in_use()
        theme.empty_label = pgettext_lazy("choice", "To choose")
        language = get_language()
        self.initial["language"] = language if language in TextLanguage.values else user.content_language
        for name, choices in (("urgency", Urgency.choices), ("language", TextLanguage.choices)):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Return the arguments; who acts for one commune raises it for that one."""
        found: dict[str, Any] = self.cleaned_data
        if "commune" not in self.fields:
            found["commune"] = self.communes[0]
        return found

    def _post_clean(self) -> None:
        """Leave the checks of the row to the verb, which knows the person."""
