"""`PortalModelAdmin`: the stock admin, but what is hidden does not exist, and states change by steps only."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db import DataError, IntegrityError, transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext

from hubportal.access.constraints import constraint_messages, explain
from hubportal.access.forms import VERSION, StaleGuardForm
from hubportal.access.paging import CappedPaginator
from hubportal.access.typed import words

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


LISTED = 250
"""Rows that a list to choose from may have when there is no script to search them."""
PLAIN_LOOKUPS = frozenset({"exact", "in", "isnull", "gt", "gte", "lt", "lte", "pk", "id", "nis"})


def _is_plain(path: str) -> bool:
    """Tell whether a lookup below a filtered field only compares a key or a value."""
    return PLAIN_LOOKUPS.issuperset(path.split("__"))


def bound(request: HttpRequest) -> tuple[Any, Any]:
    """Return what a form is bound to: the data and the files of a POST, nothing otherwise."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def no_choice(db_field: Any) -> str:
    """Return the words for an empty choice: that it may stay so, or that one is to be made."""
    return pgettext("choice", "None") if db_field.blank else pgettext("choice", "To choose")


class Picker(AutocompleteSelect):
    """A search box with a script; without one a list of everything, as long as that can be read."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        """Return all choices when they are few, otherwise the chosen one only."""
        rows = self.choices.queryset
        if rows[: LISTED + 1].count() > LISTED:
            return super().optgroups(name, value, attr)
        return forms.Select.optgroups(self, name, value, attr)


class PickerMixin:
    """Gives the fields of `autocomplete_fields` their picker, on a screen or in the rows inside one.

    Where nothing is chosen yet, a list says so in words instead of nine dashes.
    """

    admin_site: admin.AdminSite

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the field of a foreign key."""
        if db_field.name in self.get_autocomplete_fields(request):  # type: ignore[attr-defined]
            kwargs.setdefault("widget", Picker(db_field, self.admin_site, using=kwargs.get("using")))
        kwargs.setdefault("empty_label", no_choice(db_field))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the field of a column with choices."""
        has_blank = db_field.blank or not db_field.has_default()
        blank = [("", no_choice(db_field))]
        kwargs.setdefault("choices", db_field.get_choices(include_blank=has_blank, blank_choice=blank))
        return super().formfield_for_choice_field(db_field, request, **kwargs)  # type: ignore[misc]


class PortalModelAdmin(PickerMixin, ModelAdmin):
    """What every screen of the desk shares.

    Rows come from `visible_to(request.user)`; another row is 404. A model with `next_steps` gets a button for
    each, which leads to a page that asks, and acts on POST; `step_forms` gives the form of a verb that needs
    more than a yes (its cleaned data become the verb's arguments).
    """

    form = StaleGuardForm
    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 25
    change_form_template = "admin/portal_change_form.html"
    step_template = "admin/step.html"
    step_forms: ClassVar[Mapping[str, type[forms.Form]]] = {}
    offers_steps = True
    """Off: a stateful row is only looked at here; its steps are taken elsewhere."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows that the person may see."""
        rows = super().get_queryset(request)
        visible: QuerySet[Any] = rows.visible_to(request.user)  # type: ignore[attr-defined]
        return visible

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Answer an address that is none of the list as Django does a wrong value: the whole list, and a word of it.

        A filter that the list does not know comes from a mistyped or an old address; Django makes it an error of
        the server's log.
        """
        try:
            return super().get_changelist_instance(request)
        except (DisallowedModelAdminLookup, IncorrectLookupParameters) as error:
            messages.warning(request, gettext("This address is none of the list: it is shown as a whole."))
            raise IncorrectLookupParameters from error

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the row; while a form is saved, lock it until the answer.

        A form writes every column. Without the lock, one that was read just before another person's step or save
        would take that back.
        """
        row = super().get_object(request, object_id, from_field)
        if row is None or request.method != "POST" or not transaction.get_connection().in_atomic_block:
            return row
        return self.get_queryset(request).select_for_update(of=("self",)).filter(pk=row.pk).first()

    def _get_obj_does_not_exist_redirect(self, *args: Any) -> NoReturn:
        """Answer 404 where the stock admin redirects, which tells a hidden row from none."""
        raise Http404

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the form's fields; the row's version is drawn by the template."""
        return [field for field in super().get_fields(request, obj) if field != VERSION]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Add the status: only steps change it."""
        fields = list(super().get_readonly_fields(request, obj))
        if hasattr(self.model, "next_steps") and "status" not in fields:
            fields.append("status")
        return fields

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form, with what the database refused on the first try (see `changeform_view`)."""
        form = super().get_form(request, obj, change, **kwargs)
        refusal = getattr(request, "portal_refusal", None)
        return type(form.__name__, (form,), {"refusal": refusal}) if refusal else form

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Let addresses filter by the list's own filters only.

        Django's rule lets any field of the model through; that would let whoever sees people guess a password's
        hash letter by letter, and whoever sees the outbox a code.
        """
        named = [item[0] if isinstance(item, tuple) else item for item in self.list_filter]
        own = {getattr(item, "parameter_name", None) for item in named}
        fields = {item for item in named if isinstance(item, str)}
        return lookup in own or any(
            lookup == field
            or (lookup.startswith(f"{field}__") and _is_plain(lookup.removeprefix(f"{field}__")))
            for field in fields
        )

    def get_action_choices(self, request: HttpRequest, default_choices: Any = None) -> Any:
        """Say what the list of acts is for where the stock admin shows dashes."""
        return super().get_action_choices(request, default_choices or [("", pgettext("choice", "To choose"))])

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Show the list, called what it is: the stock title asks to "select a mandate to change"."""
        if any("\0" in value for values in request.GET.lists() for value in values[1]):
            raise BadRequest("an address holds a NUL")
        title = capfirst(str(self.opts.verbose_name_plural))
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        """Show or save a row; when another person was faster, show the form again with the reason."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (IntegrityError, DataError) as error:
            refusal = explain(error)
            if refusal is None:
                raise
            request.portal_refusal = refusal  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Give the template the buttons of a stateful row."""
        row = context.get("original")
        has_steps = self.offers_steps and row is not None and hasattr(row, "next_steps")
        steps = row.next_steps(request.user) if has_steps else []
        # "Add a mandate" begins with the mandate in Dutch.
        context["title"] = capfirst(str(context["title"]))
        context["steps"] = [(step, self._address("step", row.pk, step.verb)) for step in steps]
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        """Add the page of a step."""
        step = path(
            "<path:object_id>/step/<slug:verb>/",
            self.admin_site.admin_view(self.step_view),
            name=f"{self.opts.app_label}_{self.opts.model_name}_step",
        )
        own = [step] if self.offers_steps and hasattr(self.model, "next_steps") else []
        return own + super().get_urls()

    def step_view(self, request: HttpRequest, object_id: str, verb: str) -> HttpResponse:
        """Ask whether the step is to be taken, with its form; on POST, take it."""
        row = self.get_object(request, unquote(object_id))
        lines = [line for line in getattr(row, "TRANSITIONS", ()) if line.verb == verb and line.label]
        if row is None or not lines:
            raise Http404
        # Who may not act reads 403; who comes too late is told so by the verb itself.
        if not getattr(row, lines[0].predicate)(request.user):
            raise PermissionDenied
        form = self.get_step_form(request, row, verb)
        if form.is_valid() and self._took(request, row, verb, form):
            return HttpResponseRedirect(self._address("change", row.pk))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": row,
            "line": lines[0],
            "form": form,
            "title": lines[0].label,
            "back": self._address("change", row.pk),
            **self.get_step_context(request, row),
        }
        return TemplateResponse(request, self.step_template, context)

    def get_step_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return what the page of a step shows besides, such as what the row is about."""
        return {}

    def get_step_form(self, request: HttpRequest, row: Any, verb: str) -> forms.Form:
        """Return the form of a step, bound on POST."""
        return self.step_forms.get(verb, forms.Form)(*bound(request))

    def get_step_done(self, row: Any, verb: str) -> str:
        """Return what is said once a step is taken: the new state."""
        return str(capfirst(row.get_status_display()))

    def _took(self, request: HttpRequest, row: Any, verb: str, form: forms.Form) -> bool:
        """Take the step; False when the form must be shown again."""
        try:
            with constraint_messages():
                getattr(row, verb)(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            if getattr(error, "code", None) != "too_late":
                for name, errors in getattr(error, "error_dict", {"": error}).items():
                    form.add_error(name if name in form.fields else None, errors)
                return False
            is_repeated = getattr(error, "is_repeated_by", None)
            if not (is_repeated and is_repeated(request.user)):
                if words(request):
                    # Somebody was first; what was written here would be lost on another page.
                    form.add_error(None, error)
                    return False
                messages.error(request, error.message)
                return True
        messages.success(request, self.get_step_done(row, verb))
        return True

    def _address(self, page: str, *args: Any) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return reverse(name, args=args, current_app=self.admin_site.name)
