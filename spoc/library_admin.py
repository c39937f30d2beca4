"""The libraries of the desk, which leads write: standard measures to plan, standard answers to begin with."""

from typing import Any

from django.http import HttpRequest

from hubportal.accounts.desk import JournalledAdmin


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


class StandardAnswerAdmin(LibraryAdmin):
    """What one can begin an answer with, in both languages."""

    list_display = ("title_fr", "title_nl", "is_active")
    list_filter = ("is_active",)
    search_fields = ("title_fr", "title_nl")
    fields = ("code", ("title_fr", "title_nl"), ("text_fr", "text_nl"), "is_active")
