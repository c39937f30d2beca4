"""The libraries of the desk: standard measures to plan, standard answers to begin with, partners to introduce to."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.desk import JournalledAdmin, PlacedErrorsForm
from spoc.models import Kind, StandardAnswer


class PartnerForm(PlacedErrorsForm):
    """A partner; the services are boxes to tick."""

    PLACES: ClassVar[Mapping[str, str]] = {"partner_once": "name_fr", "partner_in_both_languages": "name_nl"}

    services = forms.MultipleChoiceField(
        label=_("For which services"),
        choices=Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Offered first in requests of these services."),
    )


class LibraryAdmin(JournalledAdmin):
    """Entries of a library, each with a code of its own."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Keep the code of one that exists: it says whether the project's own entry is loaded already."""
        fields = super().get_readonly_fields(request, obj)
        return fields if obj is None else [*fields, "code"]


class StandardMeasureAdmin(LibraryAdmin):
    """What can be picked for a plan, in both languages."""

    list_display = ("title_fr", "title_nl", "kind", "phase", "party", "is_active")
    list_filter = ("kind", "phase", "is_active")
    search_fields = ("title_fr", "title_nl")
    fields = (
        "code",
        ("kind", "phase", "party"),
        ("title_fr", "title_nl"),
        ("advice_fr", "advice_nl"),
        ("anchor", "days"),
        "is_active",
    )


class StandardAnswerForm(PlacedErrorsForm):
    """A standard answer: what it fits are boxes to tick."""

    acts = forms.MultipleChoiceField(
        label=_("Offered for"),
        choices=StandardAnswer.Act.choices,
        widget=forms.CheckboxSelectMultiple,
    )


class StandardAnswerAdmin(LibraryAdmin):
    """What one can begin an answer with, in both languages."""

    form = StandardAnswerForm
    list_display = ("title_fr", "title_nl", "is_active")
    list_filter = ("is_active",)
    search_fields = ("title_fr", "title_nl")
    fields = ("code", ("title_fr", "title_nl"), ("text_fr", "text_nl"), "acts", "is_active")


class PartnerAdmin(JournalledAdmin):
    """The directory of partners to whom communes are introduced."""

    form = PartnerForm
    list_display = ("name", "about", "contact_name", "email", "phone", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name_fr", "name_nl", "about_fr", "about_nl", "contact_name")
    fields = (
        ("name_fr", "name_nl"),
        ("about_fr", "about_nl"),
        "services",
        ("contact_name", "phone"),
        ("email", "content_language"),
        "is_active",
    )
