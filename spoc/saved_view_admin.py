"""Keeping a view of the desk's list: named where it is looked at, renamed and deleted on a page of its own."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from hubportal.access.admin import PortalModelAdmin
from hubportal.accounts.desk import PlacedErrorsForm
from hubportal.accounts.models import User
from spoc.models import SavedView, ServiceRequest
from spoc.saved_views import is_known, normalised


class SavedViewForm(PlacedErrorsForm):
    """A name, and whether colleagues see it; what it narrows down comes with the page."""

    PLACES = {"saved_view_name_once": "name"}
    list_admin: ClassVar[Any]
    request: ClassVar[HttpRequest]

    class Meta:
        error_messages = {"name": {"required": _("Give the view a name.")}}
        widgets = {"query": forms.HiddenInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.instance.owner = cast("User", self.request.user)

    def clean(self) -> dict[str, Any]:
        """Keep of the address what the list knows, said on the form as a whole: its field is not shown."""
        found = super().clean()
        self.errors.pop("query", None)
        if "query" in self.fields:
            found["query"] = normalised(QueryDict(found.get("query", "")))
            if not (found["query"] and is_known(found["query"], self.list_admin, self.request)):
                raise ValidationError(
                    _("This is no address of the list: narrow the list down, then save it.")
                )
        return found

    def _get_validation_exclusions(self) -> set[str]:
        """Check the name against the owner's other names, though the form does not ask for the owner."""
        found: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return found - {"owner"}


class SavedViewAdmin(PortalModelAdmin):
    """One's own views and those that colleagues share."""

    form = SavedViewForm
    list_display = ("name", "opens", "is_shared", "owner", "made_at")
    list_select_related = ("owner",)
    actions = None
    view_on_site = False

    def get_fields(self, request: HttpRequest, obj: SavedView | None = None) -> Any:
        """Ask for the name; once it is kept, show what it opens."""
        return ("name", "is_shared", "query") if obj is None else ("name", "is_shared", "opens", "owner")

    def get_readonly_fields(self, request: HttpRequest, obj: SavedView | None = None) -> Any:
        """Show who made it; another one is saved where the list is narrowed down."""
        return () if obj is None else ("opens", "owner")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Let the form know who asks, and what the list knows."""
        form = super().get_form(request, obj, change, **kwargs)
        known = {"request": request, "list_admin": self.admin_site.get_model_admin(ServiceRequest)}
        return type(form.__name__, (form,), known)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Let the form above the list make one; no link leads to an empty one."""
        return request.method == "POST" and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: SavedView | None = None) -> bool:
        """Let whoever made it rename and share it."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or obj.can_be_changed_by(cast("User", request.user)))

    def has_delete_permission(self, request: HttpRequest, obj: SavedView | None = None) -> bool:
        """Let whoever made it delete it; leads what is shared."""
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or obj.can_be_deleted_by(cast("User", request.user)))

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Offer one way to save: the next view is named where it is looked at."""
        context |= {"show_save_and_continue": False, "show_save_and_add_another": False}
        return super().render_change_form(request, context, *args, **kwargs)

    def response_post_save_add(self, request: HttpRequest, obj: SavedView) -> HttpResponseRedirect:
        """Go back to what was looked at."""
        return HttpResponseRedirect(obj.address)

    def response_post_save_change(self, request: HttpRequest, obj: SavedView) -> HttpResponseRedirect:
        """Go there too."""
        return HttpResponseRedirect(obj.address)

    @admin.display(description=_("list"))
    def opens(self, obj: SavedView) -> SafeString:
        """Return a link to what it lists."""
        return format_html('<a href="{}">{}</a>', obj.address, _("Open the list"))
