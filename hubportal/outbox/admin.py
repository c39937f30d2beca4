"""The outbox on the desk: to look at, never to touch; what was written stays between the two."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from hubportal.access.admin import PortalModelAdmin
from hubportal.outbox.models import OutboxMessage


@admin.register(OutboxMessage)
class OutboxMessageAdmin(PortalModelAdmin):
    """Mails and what became of them, without their texts."""

    list_display = ("created_at", "kind", "to_address", "subject", "status", "attempts", "smtp_code")
    list_filter = ("status", "kind")
    search_fields = ("to_address", "subject", "message_id")
    fields = (
        *("created_at", "kind", "to_address", "person", "language", "subject", "message_id"),
        *("status", "attempts", "next_try_at", "smtp_code", "smtp_reply", "accepted_at"),
    )
    list_select_related = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody writes mail here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes mail."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody removes the trace of a mail."""
        return False
