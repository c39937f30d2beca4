"""Objecting to a use of one's data (GDPR, article 21): a row, a mail to the agency, an entry of the journal."""

from typing import TYPE_CHECKING

from django import forms
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.letters import write_to
from hubportal.accounts.models import Objection, User

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Objection]
else:
    ModelForm = forms.ModelForm


class ObjectionForm(ModelForm):
    """What a person objects to, in their own words."""

    class Meta:
        model = Objection
        fields = ("reason",)
        widgets = {"reason": forms.Textarea(attrs={"rows": 5})}


def object_to(user: User, reason: str) -> bool:
    """Record an objection and tell the agency; False while an earlier one waits for its answer (two clicks)."""
    try:
        with transaction.atomic():
            row = Objection.objects.create(user=user, reason=reason)
            journal(Kind.OBJECTED, user, row)
            link = settings.BASE_URL + reverse("admin:accounts_objection_change", args=[row.pk])
            stem, context = "accounts/email/objection", {"row": row, "link": link}
            write_to(
                settings.CONTACT_EMAIL, None, f"{stem}.subject.txt", f"{stem}.txt", context, kind="objection"
            )
    except IntegrityError:
        return False
    return True
