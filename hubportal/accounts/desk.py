"""What the screens of the desk share beyond `PortalModelAdmin`: a trace in the journal, dated rows, errors in place."""

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from hubportal.access.admin import PortalModelAdmin
from hubportal.access.dated import Dated
from hubportal.access.forms import VERSION, StaleGuardForm
from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.models import User


class PlacedErrorsForm(StaleGuardForm):
    """Shows what a constraint refuses beside the field that can mend it: `PLACES`, constraint → field."""

    PLACES: ClassVar[Mapping[str, str]] = {}

    def add_error(self, field: str | None, error: Any) -> None:
        """Add an error; one of the row as a whole goes to its field, if the constraint has one."""
        if field is not None:
            super().add_error(field, error)
            return
        wrapped = error if isinstance(error, ValidationError) else ValidationError(error)
        by_field = getattr(wrapped, "error_dict", None) or {NON_FIELD_ERRORS: wrapped.error_list}
        for name, errors in by_field.items():
            for single in errors:
                place = name if name != NON_FIELD_ERRORS else self._place(single)
                super().add_error(place if place in self.fields else None, single)

    def _place(self, error: ValidationError) -> str | None:
        """Return the field of the constraint that says this; the database names it, a form's check only speaks."""
        for constraint in self.instance._meta.constraints:
            message = str(constraint.get_violation_error_message())
            if error.code == constraint.name or str(error.message) == message:
                return self.PLACES.get(constraint.name)
        return None


class JournalledAdmin(PortalModelAdmin):
    """Writes each row that is added or changed in the journal: which fields, never what was in them."""

    form = PlacedErrorsForm
    list_per_page = 25

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save, and journal it in the same transaction."""
        super().save_model(request, obj, form, change)
        names = [name for name in form.changed_data if name != VERSION]
        if names or not change:
            self._journal(request, Kind.CHANGED if change else Kind.RECORDED, obj, names)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Save the rows inside a row, and journal each."""
        super().save_formset(request, form, formset, change)
        for row in formset.new_objects:
            self._journal(request, Kind.RECORDED, row, [])
        for row, names in formset.changed_objects:
            self._journal(request, Kind.CHANGED, row, names)

    def _journal(self, request: HttpRequest, kind: Kind, row: Any, names: list[str]) -> None:
        journal(kind, cast("User", request.user), row, fields=names)


class ValidityFilter(admin.SimpleListFilter):
    """Rows that hold today, that ended, that begin later."""

    title = _("days")
    parameter_name = "days"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the choices."""
        return [("today", _("hold today")), ("ended", _("ended")), ("future", _("begin later"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Return the rows of the choice."""
        if self.value() == "today":
            return queryset.valid()
        if self.value() == "ended":
            return queryset.ended()
        if self.value() == "future":
            return queryset.filter(starts_on__gt=timezone.localdate())
        return queryset


class DatedAdmin(JournalledAdmin):
    """Rows with a first and a last day: they are ended, never deleted."""

    actions = ("end_today",)

    @admin.action(permissions=["change"], description=_("Let the last day be today"))
    def end_today(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """End the chosen rows that hold today; they hold until midnight."""
        today, ended = timezone.localdate(), 0
        for row in queryset.filter(pk__in=[row.pk for row in queryset if row.is_valid_on(today)]):
            if self.has_change_permission(request, row):
                self._end(request, row)
                ended += 1
        text = ngettext("%(count)d row ends today.", "%(count)d rows end today.", ended) % {"count": ended}
        self.message_user(request, text, messages.SUCCESS if ended else messages.WARNING)

    @transaction.atomic
    def _end(self, request: HttpRequest, row: Dated) -> None:
        row.ends_on = timezone.localdate()
        row.save(update_fields=["ends_on"])
        self._journal(request, Kind.CHANGED, row, ["ends_on"])
