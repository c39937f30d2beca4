"""The form of an approval: it carries what its page shows, so that nobody approves what they have not read."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hubportal.forms import carry
from mailings.forms import StepForm, comment_field
from mailings.models import Approval
from mailings.models.consent import open_remarks


class ApproveForm(StepForm):
    """Which text was read, and which request for changes of it; and a word if one wishes."""

    seen_hash = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    seen_remark = forms.IntegerField(required=False, widget=forms.HiddenInput)
    comment = comment_field(_("Comment"), required=False)

    def prepare(self) -> None:
        """Carry the marks of what the page shows."""
        self.initial.update(self._shown())

    def show_present_text(self) -> None:
        """After a refusal the page shows what is so now: the next approval is of that."""
        for name, value in self._shown().items():
            carry(self, name, str(value))

    def remarks(self) -> list[Approval]:
        """Return what is asked to be changed in the present text."""
        rows = self.mailing.approvals.select_related("user").order_by("at", "pk")
        return open_remarks(self.mailing, rows)

    def _shown(self) -> dict[str, Any]:
        return {
            "seen_hash": self.mailing.content_hash,
            "seen_remark": max((row.pk for row in self.remarks()), default=0),
        }
