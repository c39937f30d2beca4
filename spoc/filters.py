"""How the queue of the desk is narrowed down."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from spoc.models import Status
from spoc.states import STATES


class StateFilter(admin.SimpleListFilter):
    """Open requests unless told otherwise: the queue reads a partial index of them."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the choices, the usual ones first."""
        states = [(code, state.label) for code, state in STATES["request"].items()]
        return [
            ("to_triage", _("To triage")),
            *states,
            ("all", pgettext_lazy("states", "All, ended ones too")),
        ]

    def choices(self, changelist: Any) -> Any:
        """Call the choice without a value by its name: open."""
        found = list(super().choices(changelist))
        found[0]["display"] = _("Open")
        yield from found

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Return the rows of the choice."""
        chosen = self.value()
        if chosen == "all":
            return queryset
        if chosen == "to_triage":
            return queryset.to_triage()
        return queryset.filter(status=chosen) if chosen in Status.values else queryset.open()


class DueFilter(admin.SimpleListFilter):
    """By what is owed when."""

    title = pgettext_lazy("deadline", "due")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the choices."""
        return [("late", _("Late")), ("week", _("Within seven days")), ("urgent", _("Urgent roadworks"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Return the rows of the choice."""
        today = timezone.localdate()
        if self.value() == "late":
            return queryset.late(today)
        if self.value() == "week":
            return queryset.open().filter(due_on__range=(today, today + timedelta(days=7)))
        return queryset.urgent(today) if self.value() == "urgent" else queryset
