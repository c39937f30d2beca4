"""The outbox on the desk: to look at, never to touch; what was written stays between the two."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from hubportal.access.admin import PortalModelAdmin
from hubportal.outbox.models import OutboxMessage
from hubportal.outbox.words import told


@admin.register(OutboxMessage)
class OutboxMessageAdmin(PortalModelAdmin):
    """Mails and what became of them, without their texts."""

    list_display = ("created_at", "kind", "to_address", "subject", "status", "attempts", "smtp_code")
    list_filter = ("status", "kind")
    search_fields = ("to_address", "subject", "message_id")
    fields = (
        *("created_at", "kind", "to_address", "person", "language", "subject", "message_id"),
        *("status", "attempts", "next_try_at", "smtp_code", "reply", "accepted_at"),
    )
    readonly_fields = ("reply",)
    list_select_related = False

    @admin.display(description=_("words of the relay"))
    def reply(self, obj: OutboxMessage) -> str:
        """Return what the relay said, or what the portal found."""
        return told(obj.smtp_reply) or "–"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody writes mail here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes mail."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody removes the trace of a mail."""
        return False
