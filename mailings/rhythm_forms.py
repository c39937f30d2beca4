"""The form of a weekly rhythm, and that by which the edition of one is submitted."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hubportal.access.forms import StaleGuardForm
from hubportal.accounts.models import User
from mailings import audience
from mailings.forms import StepForm, comment_field
from mailings.models import WRITERS, Schedule
from mailings.models.patience import open_run

if TYPE_CHECKING:
    PeopleField = forms.ModelMultipleChoiceField[User]
else:
    PeopleField = forms.ModelMultipleChoiceField


class WritersField(PeopleField):
    """People by their names."""

    def label_from_instance(self, obj: Any) -> str:
        """Return the name."""
        return str(obj.full_name)


class RhythmForm(StaleGuardForm):
    """What a rhythm is."""

    writers = WritersField(
        label=_("Who is reminded"), queryset=User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=Schedule._meta.get_field("writers").help_text,
    )  # fmt: skip

    class Meta:
        model = Schedule
        fields = ["name_fr", "name_nl", "weekday", "leaves_at", "starts_on", "writers", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found: Any = self.fields["writers"]
        found.queryset = User.objects.holding(WRITERS).order_by("last_name", "first_name", "pk")


class SubmitForm(StepForm):
    """A yes; and, for the edition of a rhythm that does not reach everybody, why it leaves all the same."""

    gap_reason = comment_field(
        _("Why it leaves with gaps"),
        required=False,
        help_text=_("With a reason written here, it leaves by itself once both have approved it."),
    )

    def prepare(self) -> None:
        """Ask only where something is missing."""
        run = open_run(self.mailing)
        self.day = timezone.localdate(run.leaves_at) if run else None
        found = audience.coverage(self.mailing, self.day) if self.day else []
        self.initial["gap_reason"] = self.mailing.gap_reason
        if not any(row.gaps for row in found):
            del self.fields["gap_reason"]
