"""Concerns, notes and answers at the desk: to look at and to find. What is done with them is done on the portal."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from hubportal.access.admin import PortalModelAdmin
from spoc.library_admin import LibraryAdmin


class WatchedAdmin(PortalModelAdmin):
    """A screen on which nobody adds, edits or deletes."""

    offers_steps = False
    view_on_site = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody makes one here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody edits one: it moves by its steps."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes one; the database would refuse it."""
        return False


class ConcernAdmin(WatchedAdmin):
    """Concerns, the newest first."""

    list_display = ("reference", "title", "commune", "theme", "urgency", "status", "raised_at")
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


class ConcernGroupAdmin(WatchedAdmin):
    """Groups of concerns."""

    list_display = ("title_fr", "title_nl", "theme", "made_by", "made_at")
    list_filter = ("theme",)
    list_select_related = ("theme", "made_by")
    fields = (("title_fr", "title_nl"), "theme", ("made_by", "made_at"))


class ConcernThemeAdmin(LibraryAdmin):
    """Themes that a commune may choose."""

    list_display = ("title_fr", "title_nl", "position", "is_active")
    list_filter = ("is_active",)
    fields = ("code", ("title_fr", "title_nl"), "position", "is_active")


class RelayNoteAdmin(WatchedAdmin):
    """Relay notes, the newest first."""

    list_display = ("__str__", "addressee", "addressee_name", "status", "due_on", "sent_at")
    list_filter = ("status", "addressee")
    fields = (
        ("reference", "status"),
        ("addressee", "addressee_name"),
        "addressee_address",
        "addressee_email",
        "due_on",
        ("introduction_fr", "introduction_nl"),
        ("made_by", "made_at"),
        ("sent_at", "acknowledged_at", "answered_at", "closed_at"),
    )


class AnswerAdmin(WatchedAdmin):
    """Answers to relay notes, the newest first."""

    list_display = ("__str__", "note", "status", "given_at", "published_at", "review_on")
    list_filter = ("status",)
    list_select_related = ("note", "item")
    fields = (
        ("note", "item", "part"),
        "status",
        ("text_fr", "text_nl"),
        ("question_fr", "question_nl"),
        ("given_by", "given_at", "on_behalf_of"),
        ("published_by", "published_at", "review_on"),
        "withdraw_reason",
    )
