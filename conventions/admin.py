"""Conventions on the desk: a lead types what was signed as a draft, then takes the step "record"; others read."""

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conventions.forms import (
    AbandonForm,
    AgreeForm,
    ConventionForm,
    ConventionThemeForm,
    SendBackForm,
    SignForm,
    TerminateForm,
    ThemeForm,
)
from conventions.models import Convention, ConventionTheme, Signatory, Theme
from hubportal.access.admin import PickerMixin, bound
from hubportal.access.forms import VERSION
from hubportal.accounts.desk import JournalledAdmin
from hubportal.accounts.journal import Kind
from hubportal.look.states import tag

if TYPE_CHECKING:
    StackedInline = admin.StackedInline[Any, Convention]
else:
    StackedInline = admin.StackedInline


class DraftInline(PickerMixin, StackedInline):
    """Rows of a draft; once it is signed they are read only."""

    def get_extra(self, request: HttpRequest, obj: Convention | None = None, **kwargs: Any) -> int:
        """Return how many empty forms there are: without a script, no more can be added before saving."""
        return 1 if obj else 3

    def has_add_permission(self, request: HttpRequest, obj: Convention | None = None) -> bool:
        """Let rows be added to a draft only."""
        return super().has_add_permission(request, obj) and _is_draft(obj)

    def has_change_permission(self, request: HttpRequest, obj: Convention | None = None) -> bool:
        """Let rows of a draft be changed only."""
        return super().has_change_permission(request, obj) and _is_draft(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Convention | None = None) -> bool:
        """Let rows of a draft be taken away only."""
        return super().has_delete_permission(request, obj) and _is_draft(obj)


class ThemeInline(DraftInline):
    """Themes with their modalities in both languages."""

    model = ConventionTheme
    form = ConventionThemeForm
    fields = ("theme", "modality_fr", "modality_nl", VERSION)


class SignatoryInline(DraftInline):
    """Who signed; the party follows from the office."""

    model = Signatory
    fields = ("office", "user", "name", "signed_on")
    autocomplete_fields = ("user",)


_UNSIGNED: Final = ("draft", "negotiation", "to_sign", "abandoned")


class TodayFilter(admin.SimpleListFilter):
    """What is not signed, by state; what is in force today, begins later, is over."""

    title = _("today")
    parameter_name = "today"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the choices."""
        return [
            *((value, Convention.Status(value).label) for value in _UNSIGNED),
            ("in_force", _("in force")),
            ("later", _("later")),
            ("over", _("over")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Return the rows of the choice."""
        today = timezone.localdate()
        if self.value() in _UNSIGNED:
            return queryset.in_state(self.value())
        if self.value() == "in_force":
            return queryset.in_force(today)
        if self.value() == "later":
            return queryset.binding().filter(in_force_from__gt=today)
        if self.value() == "over":
            return queryset.over(today)
        return queryset


@admin.register(Convention)
class ConventionAdmin(JournalledAdmin):
    """Framework agreements."""

    form = ConventionForm
    step_forms = {
        "terminate": TerminateForm,
        "agree": AgreeForm,
        "send_back": SendBackForm,
        "abandon": AbandonForm,
    }
    inlines = (ThemeInline, SignatoryInline)
    list_display = ("reference", "commune", "state", "in_force_from", "in_force_until", "signed_on")
    list_filter = (TodayFilter, "commune")
    list_select_related = ("commune", "successor")
    search_fields = ("reference", "commune__name_fr", "commune__name_nl")
    search_help_text = _("Part of a reference or of the name of a commune")
    autocomplete_fields = ("commune",)
    readonly_fields = ("signed_on", "predecessor", "notice_given_on", "termination_reason")
    fieldsets = (
        (None, {"fields": ("commune", "reference", "status")}),
        (_("Term"), {"fields": ("in_force_from", "in_force_until", "notice_months")}),
        (_("Tacit renewal"), {"fields": ("renewal_months", "first_period_until")}),
        (_("Signature"), {"fields": ("council_decided_on", "signed_on", "predecessor")}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Convention | None = None) -> Any:
        """Add the termination to a terminated convention."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None and obj.status == Convention.Status.TERMINATED:
            end = (_("Termination"), {"fields": ("notice_given_on", "termination_reason")})
            return (*fieldsets, end)
        return fieldsets

    def has_change_permission(self, request: HttpRequest, obj: Convention | None = None) -> bool:
        """Let drafts be changed only: what was signed stays as it was signed."""
        return super().has_change_permission(request, obj) and _is_draft(obj)

    def get_step_form(self, request: HttpRequest, row: Convention, verb: str) -> forms.Form:
        """Return the form of a step; that of a signature lists who signs this convention."""
        if verb == "sign":
            return SignForm(*bound(request), convention=row)
        return super().get_step_form(request, row, verb)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Save themes and signatories, and journal those that were taken away too."""
        super().save_formset(request, form, formset, change)
        for row in formset.deleted_objects:
            self._journal(request, Kind.DELETED, row, [])

    @admin.display(description=_("state"))
    def state(self, obj: Convention) -> str:
        """Return the state of today as a tag."""
        return tag("convention", obj.state)


@admin.register(Theme)
class ThemeAdmin(JournalledAdmin):
    """Themes that conventions open."""

    form = ThemeForm
    list_display = ("name_fr", "name_nl", "kind", "position")
    search_fields = ("code", "name_fr", "name_nl")

    def get_readonly_fields(self, request: HttpRequest, obj: Theme | None = None) -> Any:
        """Keep the code of a theme that exists: other things refer to it; its names once they were signed."""
        fields = super().get_readonly_fields(request, obj)
        if obj is None:
            return fields
        return [*fields, "code", *(("name_fr", "name_nl") if obj.is_frozen else ())]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Theme]:
        """Return the themes in their order."""
        return super().get_queryset(request).order_by("position", "code")


def _is_draft(convention: Convention | None) -> bool:
    return convention is None or convention.status == Convention.Status.DRAFT
