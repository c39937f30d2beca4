"""The library of standard measures on the desk: leads write it; one that is not offered any more stays in its plans."""

from typing import Any

from django.http import HttpRequest

from hubportal.accounts.desk import JournalledAdmin
from spoc.models import StandardMeasure


class StandardMeasureAdmin(JournalledAdmin):
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

    def get_readonly_fields(self, request: HttpRequest, obj: StandardMeasure | None = None) -> Any:
        """Keep the code of one that exists: plans refer to it."""
        fields = super().get_readonly_fields(request, obj)
        return fields if obj is None else [*fields, "code"]
