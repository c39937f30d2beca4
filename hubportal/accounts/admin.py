"""People, roles, invitations and the journal on the desk."""

from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import RedirectView

from hubportal.access.admin import PortalModelAdmin
from hubportal.accounts import seeing
from hubportal.accounts.desk import DatedAdmin, JournalledAdmin, PlacedErrorsForm, ValidityFilter
from hubportal.accounts.invitations import invite
from hubportal.accounts.journal import HEAD, Kind, cells, journal
from hubportal.accounts.models import Invitation, JournalEntry, Objection, Role, RoleGrant, User
from hubportal.accounts.requests import SignedIn
from hubportal.exports import table

if TYPE_CHECKING:
    StackedInline = admin.StackedInline[RoleGrant, User]
else:
    StackedInline = admin.StackedInline

# Their own modules register these; they run first, so that this stands.
for module in (
    "allauth.account.admin",
    "allauth.mfa.admin",
    "allauth.socialaccount.admin",
    "django.contrib.auth.admin",
):
    import_module(module)
# Rights come from dated grants, addresses from people; factors and outside identities are for nobody to read or write.
admin.site.unregister([Group, EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken])
# The lists need the width; the way back is the breadcrumb.
admin.site.enable_nav_sidebar = False
# allauth limits sign-in attempts; the stock admin's own form does not.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# Nor does it limit how often the old password may be tried before a new one.
admin.site.password_change = RedirectView.as_view(pattern_name="account_change_password")  # type: ignore[method-assign,assignment]


class RoleGrantForm(PlacedErrorsForm):
    """A role; what the dates refuse is said beside the role."""

    PLACES = {"rolegrant_once_at_a_time": "role"}


class RoleGrantInline(StackedInline):
    """The roles of a person; only administrators change them."""

    model = RoleGrant
    form = RoleGrantForm
    fields = (("role", "starts_on", "ends_on"),)
    extra = 0
    can_delete = False


@admin.register(User)
class UserAdmin(JournalledAdmin):
    """People. Nobody sets another person's password: an invitation lets them choose."""

    list_display = ("full_name", "email", "phone", "language", "content_language", "is_active")
    list_display_links = ("full_name",)
    list_filter = ("is_active", "language", "content_language")
    search_fields = ("last_name", "first_name", "email")
    search_help_text = gettext_lazy("Part of a name or of an address")
    ordering = ("last_name", "first_name", "pk")
    fieldsets = (
        (None, {"fields": (("first_name", "last_name"),)}),
        (
            gettext_lazy("To reach this person"),
            {"fields": ("email", "phone", "language", "content_language")},
        ),
        (gettext_lazy("Access"), {"fields": ("is_active", "created_at")}),
    )
    readonly_fields = ("created_at",)
    inlines = (RoleGrantInline,)
    change_form_template = "admin/accounts/user_change_form.html"

    @admin.display(description=gettext_lazy("person"), ordering="last_name")
    def full_name(self, obj: User) -> str:
        """Return last name first, as the list is ordered."""
        return f"{obj.last_name}, {obj.first_name}"

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Keep leads from an account with a role: who changes its address could reset its password."""
        fields = [*super().get_readonly_fields(request, obj)]
        if not _is_admin(request):
            fields.append("is_active")
            if obj is not None and obj.pk != request.user.pk and obj.holds_or_will_hold_a_role():
                fields.append("email")
        return fields

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save; an open invitation dies with the address it went to, and with the account."""
        super().save_model(request, obj, form, change)
        if change and {"email", "is_active"} & set(form.changed_data):
            Invitation.objects.void(obj)

    def get_urls(self) -> list[URLPattern]:
        """Add the acts of inviting and of seeing as this person."""
        acts = [
            path(
                f"<path:object_id>/{name}/",
                self.admin_site.admin_view(require_POST(act)),
                name=f"accounts_user_{name}",
            )
            for name, act in (("invite", self.invite_view), ("see-as", self.see_as_view))
        ]
        return [*acts, *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Tell the template which acts to offer."""
        person = context.get("original")
        may = request.user.has_perm("accounts.invite_user")
        context["can_invite"] = may and person is not None and person.can_be_invited_by(request.user)
        context["can_see_as"] = person is not None and person.can_be_seen_as_by(request.user)
        return super().render_change_form(request, context, *args, **kwargs)

    def invite_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Send an invitation; whoever accepted one already, or has no address, gets none."""
        if not request.user.has_perm("accounts.invite_user"):
            raise PermissionDenied
        person = self.get_object(request, object_id)
        if person is None:
            raise Http404
        if person.is_active:
            self.message_user(request, _("This person can sign in already."), messages.WARNING)
        elif not person.email:
            self.message_user(request, _("Record an e-mail address first."), messages.ERROR)
        elif not person.can_be_invited_by(cast("User", request.user)):
            raise PermissionDenied(_("Only an administrator opens this account again."))
        else:
            invite(person, cast("User", request.user))
            text = _("The invitation is on its way to %(address)s; it is valid for 7 days.") % {
                "address": person.email
            }
            self.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:accounts_user_change", args=[person.pk]))

    def see_as_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Begin to see the portal as this person."""
        person = self.get_object(request, object_id)
        if person is None:
            raise Http404
        seeing.begin(cast("SignedIn", request), person)
        return redirect("home")


@admin.register(RoleGrant)
class RoleGrantAdmin(DatedAdmin):
    """Who holds which role, and until when."""

    form = RoleGrantForm
    list_display = ("user", "role", "starts_on", "ends_on")
    list_filter = (ValidityFilter, "role")
    list_select_related = ("user",)
    search_fields = ("user__last_name", "user__first_name", "user__email")
    autocomplete_fields = ("user",)
    fields = ("user", "role", ("starts_on", "ends_on"))


@admin.register(Invitation)
class InvitationAdmin(PortalModelAdmin):
    """Invitations, to look at; they are made from a person's page."""

    list_display = ("user", "invited_by", "created_at", "expires_at", "accepted_at")
    list_filter = ("created_at",)
    list_select_related = ("user", "invited_by")
    search_fields = ("user__last_name", "user__first_name", "user__email")
    fields = ("user", "invited_by", "created_at", "expires_at", "accepted_at")


@admin.register(JournalEntry)
class JournalEntryAdmin(PortalModelAdmin):
    """The journal, to look at."""

    list_display = ("at", "kind", "actor", "target_type", "target_id")
    list_filter = ("kind", "at")
    list_select_related = ("actor",)
    search_fields = ("actor__last_name", "actor__email", "target_id")
    fields = ("at", "kind", "actor", "target_type", "target_id", "detail")
    change_list_template = "admin/accounts/journalentry_change_list.html"

    def get_urls(self) -> list[URLPattern]:
        """Add the journal as a table."""
        view = self.admin_site.admin_view(require_safe(self.export_view))
        return [path("export.csv", view, name="accounts_journalentry_export"), *super().get_urls()]

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """Hand out what the list shows, narrowed as it is, the newest first; the journal has that, too."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            rows = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            return redirect("admin:accounts_journalentry_changelist")
        narrowed_by = sorted(name for name, value in request.GET.items() if value)
        journal(
            Kind.EXPORTED, cast("User", request.user), what="journal", format="csv", narrowed_by=narrowed_by
        )
        return table("csv", "journal", HEAD, map(cells, rows.iterator(chunk_size=1000)))


@admin.register(Objection)
class ObjectionAdmin(JournalledAdmin):
    """What people object to; an administrator answers, once, by mail and on the person's own page."""

    list_display = ("user", "made_at", "answered_at")
    list_select_related = ("user",)
    search_fields = ("user__last_name", "user__first_name", "user__email")
    fields = ("user", "made_at", "reason", "answer", "answered_at")
    readonly_fields = ("user", "made_at", "reason", "answered_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Objection | None = None) -> Any:
        """Offer the answer to whoever may give it; keep it as it was sent."""
        fields = super().get_readonly_fields(request, obj)
        may = obj is not None and obj.can_be_answered_by(cast("User", request.user))
        return fields if may else (*fields, "answer")

    def save_model(self, request: HttpRequest, obj: Objection, form: Any, change: bool) -> None:
        """Answer; a form that was left empty changes nothing."""
        if "answer" in form.changed_data:
            obj.give_answer(by=cast("User", request.user), text=obj.answer)


def _is_admin(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.has_role(Role.ADMIN)
