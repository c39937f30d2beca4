"""Concerns and their groups at the desk: to look at and to find; what is done with them is done on their pages.

The themes are a library like the others, which leads adapt.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from hubportal.access.admin import PortalModelAdmin
from spoc.library_admin import LibraryAdmin
from spoc.models import Concern, ConcernGroup, ConcernTheme


class WatchedAdmin(PortalModelAdmin):
    """A screen on which nobody adds, edits or deletes; it leads to the page where the row goes its steps."""

    offers_steps = False

    def view_on_site(self, obj: Any) -> str:
        """Return the address of its page."""
        return str(obj.get_absolute_url())

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody makes one here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody edits one: it moves by its steps."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes one; the database would refuse it."""
        return False


@admin.register(Concern)
class ConcernAdmin(WatchedAdmin):
    """Concerns, the newest first."""

    list_display = ("reference", "title", "commune", "theme", "status", "raised_at")
    list_filter = ("status", "urgency", "theme", "commune")
    list_select_related = ("commune", "theme")
    search_fields = ("reference",)
    search_help_text = _("Words of the concern, or a reference")
    fields = (
        ("reference", "status"),
        ("commune", "raised_by", "raised_at"),
        "title",
        "text",
        ("theme", "urgency", "language", "is_shareable"),
        "group",
        ("qualified_at", "relayed_at", "answered_at", "closed_at"),
        "not_relayed_reason",
        "settled_by",
    )

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Find what the portal finds."""
        return (queryset.search(search_term) if search_term.strip() else queryset), False


@admin.register(ConcernGroup)
class ConcernGroupAdmin(WatchedAdmin):
    """Groups of concerns, the newest first."""

    list_display = ("title_fr", "title_nl", "theme", "made_by", "made_at")
    list_filter = ("theme",)
    list_select_related = ("theme", "made_by")
    fields = (("title_fr", "title_nl"), "theme", ("made_by", "made_at"))


@admin.register(ConcernTheme)
class ConcernThemeAdmin(LibraryAdmin):
    """Themes that a commune may choose."""

    list_display = ("title_fr", "title_nl", "position", "is_active")
    list_filter = ("is_active",)
    fields = ("code", ("title_fr", "title_nl"), "position", "is_active")
