"""The forms in which an amendment is begun and its facts are written."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from conventions.months import IN_REACH
from conventions.stale import KnowingForm, SeenForm, own_language
from hubportal.forms import InBoth

LONGEST_OBJECT: Final = 200
"""Characters."""
_TITLES: Final = ("title_fr", "title_nl")


class ObjectForm(InBoth, forms.Form):
    """What an amendment is about, in both languages; each side speaks its own language."""

    in_both = ("title",)
    title_fr = forms.CharField(label=pgettext_lazy("amendment", "object"), max_length=LONGEST_OBJECT)
    title_nl = forms.CharField(label=pgettext_lazy("amendment", "object"), max_length=LONGEST_OBJECT)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own_language(self, _TITLES)


class BeginAmendmentForm(KnowingForm, ObjectForm):
    """The object of a new one."""


class FactsForm(ObjectForm, SeenForm):
    """Its object, its first day, the new last day of the convention."""

    COLUMNS = (*_TITLES, "in_force_from", "new_last_day")
    in_force_from = forms.DateField(
        label=_("First day"), required=False, validators=IN_REACH, help_text=_("Needed before it is frozen.")
    )
    new_last_day = forms.DateField(
        label=_("New last day of the agreement"), required=False, validators=IN_REACH,
        help_text=_("Included. Empty: the term stays as it is."),
    )  # fmt: skip
