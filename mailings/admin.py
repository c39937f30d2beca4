"""The desk: each message and what became of it, to read; the stopped addresses, to be taken off the list."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from hubportal.access.admin import PortalModelAdmin
from hubportal.accounts.desk import DatedAdmin, JournalledAdmin, PlacedErrorsForm, ValidityFilter
from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.models import User
from hubportal.look.states import tag
from mailings.audience import office_of
from mailings.models import Delivery, DeliveryEvent, ExtraRecipient, SuppressedAddress
from mailings.replies import told

if TYPE_CHECKING:
    StackedInline = admin.StackedInline[Any, Delivery]
else:
    StackedInline = admin.StackedInline


class EventInline(StackedInline):
    """What happened to the message."""

    model = DeliveryEvent
    fields = readonly_fields = ("at", "what", "who", "words")
    can_delete = False
    extra = max_num = 0

    @admin.display(description=_("what"))
    def what(self, obj: DeliveryEvent) -> str:
        """Return what happened, with the code of the relay."""
        code = f" ({obj.smtp_code})" if obj.smtp_code else ""
        return f"{obj.get_kind_display()}{code}"

    @admin.display(description=_("who"))
    def who(self, obj: DeliveryEvent) -> str:
        """Return the person who did it; nobody for what the relay or the holder of the link did."""
        return obj.by.full_name if obj.by else "–"

    @admin.display(description=_("words"))
    def words(self, obj: DeliveryEvent) -> str:
        """Return what the relay said, or the address that was proposed."""
        return told(obj.smtp_reply) or "–"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return what the person may see."""
        rows: Any = super().get_queryset(request)
        visible: QuerySet[Any] = rows.visible_to(request.user).select_related("by", "delivery")
        return visible

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody writes them here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes them."""
        return False


@admin.register(Delivery)
class DeliveryAdmin(PortalModelAdmin):
    """Messages of editions, to look at; the private link of each stays out of sight."""

    inlines = (EventInline,)
    list_display = ("address", "mailing", "state", "tries", "accepted_at", "acknowledged_at")
    list_filter = ("status", "mailing")
    list_select_related = ("mailing",)
    search_fields = ("address", "message_id")
    search_help_text = _("Part of an address or of a Message-ID")
    ordering = ("-mailing__number", "address")
    actions = None
    view_on_site = False
    fieldsets = (
        (None, {"fields": (("mailing", "state"), ("address", "language"), "recipients", "message_id")}),
        (
            _("The relay"),
            {"fields": (("attempts", "next_try_at", "accepted_at", "bounced_at"), "smtp_code", "reply")},
        ),
        (_("The recipient"), {"fields": ("acknowledged_at",)}),
    )
    readonly_fields = ("state", "recipients", "reply")

    @admin.display(description=_("words of the relay"))
    def reply(self, obj: Delivery) -> str:
        """Return what the relay said, or what the portal found."""
        return told(obj.smtp_reply) or "–"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody writes messages here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes messages."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody removes the trace of a message."""
        return False

    @admin.display(description=_("attempts"), ordering="attempts")
    def tries(self, obj: Delivery) -> str:
        """Return the number of attempts, with the last code of the relay."""
        return f"{obj.attempts} ({obj.smtp_code})" if obj.smtp_code else str(obj.attempts)

    @admin.display(description=_("for whom"))
    def recipients(self, obj: Delivery) -> str:
        """Return every right that it serves: whose it is, and as what."""
        return ", ".join(f"{row.name} ({office_of(row.right)})" for row in obj.served.order_by("pk"))

    @admin.display(description=_("state"), ordering="status")
    def state(self, obj: Delivery) -> str:
        """Return the state as a tag."""
        return tag("delivery", obj.status)


@admin.register(SuppressedAddress)
class SuppressedAddressAdmin(JournalledAdmin):
    """Stopped addresses; who takes one off the list lets editions go there again."""

    list_display = ("address", "reason", "since")
    list_filter = ("reason",)
    search_fields = ("address",)
    search_help_text = _("Part of an address")
    fields = ("address", "reason", "since")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only the owner of an address, or messages that came back, stop it."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes one: it is taken off, or not."""
        return False

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: SuppressedAddress) -> None:
        """Take an address off the list, and journal it."""
        journal(Kind.DELETED, cast("User", request.user), obj)
        super().delete_model(request, obj)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Take several off the list, and journal each."""
        for row in queryset:
            journal(Kind.DELETED, cast("User", request.user), row)
        super().delete_queryset(request, queryset)


class ExtraRecipientForm(PlacedErrorsForm):
    """A named extra address, each refusal beside its field."""

    PLACES = {"extrarecipient_once_at_a_time": "email"}


@admin.register(ExtraRecipient)
class ExtraRecipientAdmin(DatedAdmin):
    """Who receives editions without an office or a role; an edition says whether it goes to them."""

    form = ExtraRecipientForm
    list_display = ("full_name", "function", "email", "starts_on", "ends_on")
    list_filter = (ValidityFilter, "content_language")
    search_fields = ("full_name", "email", "function_fr", "function_nl")
    search_help_text = _("Part of a name, a function or an address")
    fieldsets = (
        (None, {"fields": ("full_name", ("function_fr", "function_nl"))}),
        (_("How to write to them"), {"fields": ("email", "content_language")}),
        (_("Dates"), {"fields": (("starts_on", "ends_on"),)}),
    )

    @admin.display(description=_("function"))
    def function(self, obj: ExtraRecipient) -> str:
        """Return the function in the reader's language."""
        return obj.function
