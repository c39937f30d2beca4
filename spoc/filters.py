"""How the queue of the desk is narrowed down."""

from datetime import timedelta
from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from communes.models.spoc import communes_served_by
from hubportal.accounts.models import User
from spoc.models import Status
from spoc.nextstep import waiting_for
from spoc.states import STATES


class MineFilter(admin.SimpleListFilter):
    """What is one's own to follow; all 19 communes unless told otherwise, so that nothing found is hidden."""

    title = _("responsibility")
    parameter_name = "mine"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the choices; who serves no commune has none of their own."""
        communes = [("communes", _("My communes"))] if communes_served_by(cast("User", request.user)) else []
        return [*communes, ("charge", _("I am in charge")), ("waits", _("Waiting for me"))]

    def choices(self, changelist: Any) -> Any:
        """Call the choice without a value by what it shows."""
        found = list(super().choices(changelist))
        found[0]["display"] = _("All communes")
        yield from found

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Return the rows of the choice."""
        person = cast("User", request.user)
        if self.value() == "communes":
            return queryset.filter(commune__in=communes_served_by(person))
        if self.value() == "waits":
            return queryset.filter(waiting_for(person))
        return queryset.in_charge_of(person) if self.value() == "charge" else queryset


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
            return queryset.kept()
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
