"""The fields of a request's service on its page at the desk, to read."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from spoc.models import AuditDetails, ChantierDetails, DevelopmentDetails, ServiceRequest

if TYPE_CHECKING:
    StackedInline = admin.StackedInline[Any, ServiceRequest]
else:
    StackedInline = admin.StackedInline


def no_hints(model: type[Model]) -> dict[str, str]:
    """Return an empty hint for each field: the hints are for those who fill in a form."""
    return dict.fromkeys((field.name for field in model._meta.get_fields()), "")


class DetailsInline(StackedInline):
    """The fields of one service, to read."""

    can_delete = False
    extra = max_num = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody writes them here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes them here."""
        return False

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Leave out the hints for those who fill in a form."""
        return super().get_formset(request, obj, help_texts=no_hints(self.model), **kwargs)


class AuditInline(DetailsInline):
    """Audit and diagnosis."""

    model = AuditDetails
    verbose_name_plural = AuditDetails._meta.verbose_name
    fields = ("looked_for", "perimeter", "period", "purpose", "needed_on")
    readonly_fields = ("looked_for",)

    @admin.display(description=_("what you look for"))
    def looked_for(self, obj: AuditDetails) -> str:
        """Return the words for the codes."""
        return obj.wanted_words


class DevelopmentInline(DetailsInline):
    """Economic and commercial development."""

    model = DevelopmentDetails
    readonly_fields = ("evaluation", "evaluation_waiver")
    verbose_name_plural = DevelopmentDetails._meta.verbose_name


class ChantierInline(DetailsInline):
    """Support during roadworks."""

    model = ChantierDetails
    verbose_name_plural = ChantierDetails._meta.verbose_name
    fields = (
        *("starts_on", "ends_on", "streets", "road_type", "contracting_authority", "osiris_reference"),
        *("shops_touched", "merchants_told_on", "stopped", "evaluation", "evaluation_waiver"),
    )
    readonly_fields = ("stopped", "evaluation", "evaluation_waiver")

    @admin.display(description=_("interruptions of the traffic"))
    def stopped(self, obj: ChantierDetails) -> str:
        """Return the interruptions, one each line."""
        return "\n".join(str(row) for row in obj.interruptions.all()) or "–"


INLINES = {"audit": AuditInline, "development": DevelopmentInline, "chantier": ChantierInline}
