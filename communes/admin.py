"""The communes on the desk: who acts for them, who serves them, their districts. Nothing is deleted, it ends."""

from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models.functions import Least
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from communes.forms import (
    AbsenceForm,
    AssignmentForm,
    AssociationForm,
    CommuneForm,
    DelegationForm,
    DistrictForm,
    MandateForm,
)
from communes.models import Absence, Assignment, Commune, Delegation, District, Mandate, MerchantsAssociation
from communes.models.delegation import DelegationQuerySet
from hubportal.accounts.desk import DatedAdmin, JournalledAdmin, ValidityFilter
from hubportal.accounts.models import STEWARDS, User
from hubportal.look.states import tag

PERSON = ("user__last_name", "user__first_name", "user__email")
COMMUNE = ("commune__name_fr", "commune__name_nl")
DATES: Any = (_("Dates"), {"fields": (("starts_on", "ends_on"),)})
NAMES = _("Part of the name of a person or a commune")


@admin.register(Commune)
class CommuneAdmin(JournalledAdmin):
    """The 19; only the site and the mail domains are ours to mend."""

    form = CommuneForm
    list_display = ("nis", "name", "population", "site", "mail_domains")
    list_display_links = ("nis", "name")
    search_fields = ("nis", "name_fr", "name_nl")
    readonly_fields = ("nis", "name_fr", "name_nl", "postal_codes", "population", "population_on", "area_km2")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "nis",
                    ("name_fr", "name_nl"),
                    "postal_codes",
                    ("population", "population_on"),
                    "area_km2",
                )
            },
        ),
        (_("To mend"), {"fields": ("site", "mail_domains")}),
    )

    @admin.display(description=_("name"))
    def name(self, obj: Commune) -> str:
        """Return the name in the reader's language."""
        return obj.name


@admin.register(Mandate)
class MandateAdmin(DatedAdmin):
    """Mandates of colleges."""

    form = MandateForm
    list_display = ("user", "commune", "title", "portfolio_text", "starts_on", "ends_on")
    list_filter = (ValidityFilter, "commune", "office", "is_acting")
    list_select_related = ("user", "commune")
    search_fields = (*PERSON, *COMMUNE)
    search_help_text = NAMES
    autocomplete_fields = ("user", "commune")
    fieldsets = (
        (None, {"fields": ("user", "commune")}),
        (_("Office"), {"fields": ("office", "is_acting", "rank")}),
        (_("Portfolio"), {"fields": ("portfolios", "portfolio_fr", "portfolio_nl")}),
        DATES,
    )

    @admin.display(description=_("office"), ordering="office")
    def title(self, obj: Mandate) -> str:
        """Return the office, with "acting" where it is so."""
        return obj.title

    @admin.display(description=_("portfolio"))
    def portfolio_text(self, obj: Mandate) -> str:
        """Return the portfolio in the reader's language."""
        return obj.portfolio_text


@admin.register(Delegation)
class DelegationAdmin(DatedAdmin):
    """Civil servants who act for a commune."""

    form = DelegationForm
    list_display = ("user", "commune", "given_by", "starts_on", "last_day")
    list_filter = (ValidityFilter, "commune")
    list_select_related = ("user", "commune", "given_by")
    search_fields = (*PERSON, *COMMUNE)
    search_help_text = NAMES
    autocomplete_fields = ("user", "commune", "given_by")
    fieldsets = ((None, {"fields": ("user", "commune", "given_by")}), DATES)

    def get_queryset(self, request: HttpRequest) -> DelegationQuerySet:
        """Return the delegations, each with its giver's last day."""
        rows: DelegationQuerySet = super().get_queryset(request)  # type: ignore[assignment]  # of its model
        return rows.with_last_day()

    @admin.display(description=_("last day"), ordering=Least("ends_on", "giver_until"))
    def last_day(self, obj: Delegation) -> date | None:
        """Return when it ends: by itself, or with its giver's mandate."""
        return obj.last_day


@admin.register(Assignment)
class AssignmentAdmin(DatedAdmin):
    """The SPOC of each commune, exactly one a day."""

    form = AssignmentForm
    list_display = ("commune", "user", "starts_on", "ends_on")
    list_filter = (ValidityFilter, "commune")
    list_select_related = ("user", "commune")
    search_fields = (*PERSON, *COMMUNE)
    search_help_text = NAMES
    autocomplete_fields = ("user", "commune")
    fieldsets = ((None, {"fields": ("commune", "user")}), DATES)


@admin.register(Absence)
class AbsenceAdmin(DatedAdmin):
    """Absences: leads record anybody's, a SPOC their own."""

    form = AbsenceForm
    list_display = ("user", "stand_in", "starts_on", "ends_on")
    list_filter = (ValidityFilter,)
    list_select_related = ("user", "stand_in")
    search_fields = (*PERSON, "stand_in__last_name", "stand_in__first_name")
    autocomplete_fields = ("user", "stand_in")
    fieldsets = ((None, {"fields": ("user", "stand_in")}), DATES)

    def has_change_permission(self, request: HttpRequest, obj: Absence | None = None) -> bool:
        """Let a SPOC change only their own absences."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or _is_steward(request) or obj.user_id == request.user.pk)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer a SPOC only themselves as the one who is away."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.name == "user" and not _is_steward(request):
            field.queryset = User.objects.filter(pk=request.user.pk)
            field.initial = request.user.pk
        return field


@admin.register(District)
class DistrictAdmin(JournalledAdmin):
    """Shopping districts."""

    form = DistrictForm
    list_display = ("name_fr", "name_nl", "commune")
    list_filter = ("commune",)
    list_select_related = ("commune",)
    search_fields = ("name_fr", "name_nl", *COMMUNE)
    autocomplete_fields = ("commune",)
    fieldsets = (
        (None, {"fields": ("commune", "name_fr", "name_nl")}),
        (_("What to know"), {"fields": ("about_fr", "about_nl")}),
    )


@admin.register(MerchantsAssociation)
class MerchantsAssociationAdmin(JournalledAdmin):
    """Merchants' associations; their state moves by steps."""

    form = AssociationForm
    list_display = ("name", "commune", "district", "state", "contact_name")
    list_filter = ("status", "commune")
    list_select_related = ("commune", "district")
    search_fields = ("name", "district__name_fr", "district__name_nl", *COMMUNE)
    autocomplete_fields = ("commune", "district")
    fieldsets = (
        (None, {"fields": ("name", "commune", "district", "status")}),
        (_("Contact"), {"fields": ("contact_name", "contact_email", "contact_phone")}),
    )

    @admin.display(description=_("state"), ordering="status")
    def state(self, obj: MerchantsAssociation) -> str:
        """Return the state as a tag."""
        return tag("association", obj.status)


def _is_steward(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.has_role(*STEWARDS)
