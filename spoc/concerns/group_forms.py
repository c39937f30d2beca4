"""The forms of groups of concerns: what one is called, and which concerns are put into it."""

from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from spoc.models import Concern, ConcernGroup, ConcernTheme


class GroupForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's forms are not generic at run time
    """The subject in both languages, and its theme; the cleaned data are the arguments of `begin` and `change`."""

    class Meta:
        model = ConcernGroup
        fields = ("title_fr", "title_nl", "theme")
        labels = {"title_fr": _("Subject in French"), "title_nl": _("Subject in Dutch")}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        theme: Any = self.fields["theme"]
        # Of the group, or of the concern that it begins with.
        kept = self.instance.theme_id or self.initial.get("theme")
        theme.queryset = ConcernTheme.objects.visible_to(user).offered(keeping=kept)
        theme.empty_label = pgettext_lazy("choice", "To choose")
        if get_language() == "nl":
            # The reader's own language first, as everywhere.
            self.order_fields(("title_nl", "title_fr"))

    def _post_clean(self) -> None:
        """Leave the checks of the row to the verb, which knows the person."""


class _ConcernsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # the same
    """Concerns to tick, each with its commune."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        """Return the reference, the commune and the title."""
        return f"{obj.reference}, {obj.commune.name} – {obj.title}"


class AddForm(forms.Form):
    """Concerns to put into a group."""

    concerns = _ConcernsField(
        Concern.objects.none(),
        label=_("Concerns on this theme that are in the hands of the SPOC"),
        error_messages={"required": _("Tick at least one concern.")},
    )

    def __init__(self, *args: Any, candidates: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["concerns"]
        field.queryset = candidates
