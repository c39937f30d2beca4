"""Objecting to a use of one's data (GDPR, article 21): a row, a mail to the agency, an entry of the journal."""

from typing import TYPE_CHECKING

from django import forms
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.letters import languages_of, write_to
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
            _write("accounts/email/objection", settings.CONTACT_EMAIL, None, {"row": row, "link": link})
    except IntegrityError:
        return False
    return True


def tell_the_person(row: Objection) -> None:
    """Send a person the answer to their objection, if they can still be reached."""
    if row.user.email:
        links = {}
        for language in languages_of(row.user):
            with translation.override(language):
                links[language] = settings.BASE_URL + reverse("accounts:my-data")
        _write("accounts/email/objection_answered", row.user.email, row.user, {"row": row, "links": links})


def _write(stem: str, address: str, person: User | None, context: dict[str, object]) -> None:
    kind = stem.rpartition("/")[2].replace("_", " ")
    write_to(address, person, f"{stem}.subject.txt", f"{stem}.txt", context, kind=kind)
