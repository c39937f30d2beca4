"""The queue of the SPOCs on the desk: what waits, whose it is, and each step as a button. Nothing is edited."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Case, F, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from communes.models.spoc import communes_served_by
from hubportal.access.grouping import GroupedPaginator
from hubportal.accounts.models import User
from spoc.beginnings import form_for
from spoc.bulk_admin import BulkAdmin
from spoc.columns import RequestColumns
from spoc.concerns import desk as _concerns  # noqa: F401  # registers its screens
from spoc.filters import DueFilter, MineFilter, StateFilter
from spoc.forms import STEP_FORMS
from spoc.inlines import INLINES, no_hints
from spoc.library_admin import PartnerAdmin, StandardAnswerAdmin, StandardMeasureAdmin
from spoc.meetings import meetings
from spoc.models import (
    CLOCK_RUNS,
    Introduction,
    Partner,
    SavedView,
    ServiceRequest,
    Side,
    StandardAnswer,
    StandardMeasure,
)
from spoc.models.queryset import NEWEST
from spoc.nextstep import next_step
from spoc.queues import QueueList, queues
from spoc.saved_view_admin import SavedViewAdmin
from spoc.saved_views import shelf
from spoc.seen import seen
from spoc.step_form import StepForm
from spoc.subject import language_read, subject
from spoc.taking import done
from spoc.writings import WRITINGS, Writing

admin.site.register(Partner, PartnerAdmin)
admin.site.register(SavedView, SavedViewAdmin)
admin.site.register(StandardAnswer, StandardAnswerAdmin)
admin.site.register(StandardMeasure, StandardMeasureAdmin)


@admin.register(ServiceRequest)
class ServiceRequestAdmin(RequestColumns, BulkAdmin):
    """Requests to triage, follow and answer; those of one's own communes first, then by due date."""

    change_form_template = "admin/spoc/request_change_form.html"
    step_template = "admin/spoc/step.html"
    step_forms = STEP_FORMS
    list_display = ("asked", "stands", "due", "commune", "in_charge", "service")
    list_filter = (MineFilter, StateFilter, DueFilter, "direction", "kind", "commune")
    list_select_related = ("commune", "assigned_to", "chantierdetails")
    list_per_page = 25
    paginator = GroupedPaginator
    search_fields = ("reference",)
    search_help_text = _("Words of the request or of its streets, or a reference")
    view_on_site = False
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("reference", "service", "direction"),
                    ("commune", "district"),
                    "title",
                    "description",
                    ("convention_theme", "outside_reason"),
                )
            },
        ),
        (
            _("Where it is"),
            {
                "fields": (
                    ("state", "in_charge", "due"),
                    ("created_by", "submitted_at", "accepted_at", "stopped_days"),
                )
            },
        ),
    )
    readonly_fields = ("service", "state", "in_charge", "due")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Offer the queues and the saved views above the list."""
        person, address = _person(request), request.GET
        extra = {"queues": queues(person, address), "shelf": shelf(person, address), **(extra_context or {})}
        return super().changelist_view(request, extra)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[QueueList]:
        """Read the threads with the rows."""
        return QueueList

    def get_ordering(self, request: HttpRequest) -> Any:
        """Put one's own communes first, then what somebody here owes, what is due first, urgent roadworks."""
        own = When(commune__in=communes_served_by(_person(request)), then=Value(0))
        runs = When(status__in=CLOCK_RUNS, then=Value(0))
        # Of one's own communes only, each row would be of the first group.
        groups = [runs] if request.GET.get(MineFilter.parameter_name) == "communes" else [own, runs]
        firsts = (Case(group, default=Value(1)).asc() for group in groups)
        urgent = When(ServiceRequest.objects.is_urgent(), then=Value(0))
        due = (F("due_on").asc(nulls_last=True), Case(urgent, default=Value(1)).asc())
        return (*firsts, *due, "pk")

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[ServiceRequest]", search_term: str
    ) -> "tuple[QuerySet[ServiceRequest], bool]":
        """Find what the portal finds; of very many the newest, and say so."""
        rows: Any = queryset
        if not search_term.strip():
            return rows, False
        found, is_cut = rows.search_newest(search_term)
        if is_cut:
            words = gettext(
                "More than %(count)d requests hold these words: the newest are shown. Add a word."
            )
            messages.info(request, words % {"count": NEWEST})
        return found, False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Leave out the hints for those who fill in a form: nobody does here."""
        return super().get_form(request, obj, change, help_texts=no_hints(self.model), **kwargs)

    def get_inlines(self, request: HttpRequest, obj: ServiceRequest | None) -> Any:
        """Show the fields of the request's own service."""
        return [INLINES[obj.kind]] if obj and obj.details else []

    def get_fieldsets(self, request: HttpRequest, obj: ServiceRequest | None = None) -> Any:
        """Add how the request ended, or may end."""
        fields = [name for name in ("decline_reason", "decline_text") if obj and obj.decline_reason]
        fields += [
            name
            for name in (
                "delivered_at",
                "proposed_outcome",
                "closed_at",
                "outcome",
                "closing_text",
                "usefulness",
            )
            if obj and getattr(obj, name)
        ]
        found = super().get_fieldsets(request, obj)
        return (*found, (pgettext_lazy("request", "How it ends"), {"fields": fields})) if fields else found

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody makes a request here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody edits one: it moves by its steps."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes one."""
        return False

    # --- The page of a request ---------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        """Add the page on which one writes."""
        view = self.admin_site.admin_view(self.write_view)
        own = path("<path:object_id>/write/<slug:what>/", view, name="spoc_servicerequest_write")
        return [own, *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Give the template the thread, what was delivered, the steps taken, and what may be written."""
        row, person = context["original"], _person(request)
        context["writings"] = [
            (writing.label, self._address("write", row.pk, what))
            for what, writing in WRITINGS.items()
            if writing.may(row, person)
        ]
        context["thread"] = row.messages.select_related("author").prefetch_related("files")
        context["files"] = row.files.filter(message=None).select_related("uploaded_by")
        context["deliverables"] = row.deliverables.select_related("added_by")
        context["introductions"] = Introduction.objects.visible_to(person).filter(request=row).with_people()
        context["title"], context["subtitle"] = row.title, row.reference
        context["next"] = next_step(row, person)
        context["seen"] = seen(row, person)
        context["measures"] = row.measures.count()
        context["met"] = meetings(row, person)
        context["events"] = row.events.select_related("by", "assigned_to")
        return super().render_change_form(request, context, *args, **kwargs)

    def get_step_form(self, request: HttpRequest, row: Any, verb: str) -> forms.Form:
        """Return the form of a step, which knows the request and the person; a text may begin with an answer."""
        form = form_for(request, STEP_FORMS.get(verb, StepForm), row)
        form.verb = verb
        return form

    def get_step_done(self, row: Any, verb: str) -> str:
        """Say it as the portal does."""
        return str(done(row, verb))

    def write_view(self, request: HttpRequest, object_id: str, what: str) -> HttpResponse:
        """Ask what is to be written; on POST, keep it."""
        row, writing = self.get_object(request, unquote(object_id)), WRITINGS.get(what)
        if row is None or writing is None:
            raise Http404
        if not writing.may(row, _person(request)):
            raise PermissionDenied
        form = form_for(request, writing.form, row)
        if form.is_valid() and self._wrote(request, row, writing, form):
            return HttpResponseRedirect(self._address("change", row.pk))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": row,
            "line": writing,
            "confirm": writing.send,
            "form": form,
            "title": writing.label,
            "back": self._address("change", row.pk),
            **self.get_step_context(request, row),
        }
        return TemplateResponse(request, self.step_template, context)

    def get_step_context(self, request: HttpRequest, row: ServiceRequest) -> dict[str, Any]:
        """Return what is asked, what was said last, what is delivered, and in which language a commune reads it."""
        asks = row.requesting_side == Side.COMMUNE
        return {**subject(row, _person(request)), "language": language_read(row) if asks else ""}

    def _wrote(self, request: HttpRequest, row: ServiceRequest, writing: Writing, form: forms.Form) -> bool:
        """Keep what was written; False when the form must be shown again."""
        try:
            getattr(row, writing.method)(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
            return False
        messages.success(request, str(writing.done))
        return True


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)
