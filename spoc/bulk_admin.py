"""Bulk acts of the desk: rows are ticked in the list, a page shows what will happen, a button with the number acts."""

from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hubportal.access.admin import PortalModelAdmin
from hubportal.accounts.models import User
from hubportal.forms import add_errors
from spoc.beginnings import form_for
from spoc.bulk import BULK, MOST, LeftOut, answers_any, languages, preview, sort_out, take
from spoc.forms import STEP_FORMS
from spoc.models import ServiceRequest
from spoc.step_form import StepForm
from spoc.subject import needed_first


class BulkAdmin(PortalModelAdmin):
    """The desk's list with acts for many rows: each is prepared on a page, nothing moves before it is confirmed."""

    bulk_template = "admin/spoc/servicerequest/bulk.html"
    actions = ("accept_many", "reassign_many", "start_many", "decline_many")

    def has_answer_permission(self, request: HttpRequest) -> bool:
        """Offer the acts, and the boxes to tick, to those who answer requests."""
        return answers_any(cast("User", request.user))

    @admin.action(permissions=["answer"], description=BULK["accept"].choice)
    def accept_many(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        """Prepare to accept."""
        return self._prepare(request, queryset, "accept")

    @admin.action(permissions=["answer"], description=BULK["reassign"].choice)
    def reassign_many(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        """Prepare to put somebody else in charge."""
        return self._prepare(request, queryset, "reassign")

    @admin.action(permissions=["answer"], description=BULK["start"].choice)
    def start_many(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        """Prepare to start."""
        return self._prepare(request, queryset, "start")

    @admin.action(permissions=["answer"], description=BULK["decline"].choice)
    def decline_many(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        """Prepare to decline."""
        return self._prepare(request, queryset, "decline")

    def get_urls(self) -> list[URLPattern]:
        """Add the page of a bulk act."""
        view = self.admin_site.admin_view(self.bulk_view)
        return [path("bulk/<slug:verb>/", view, name="spoc_servicerequest_bulk"), *super().get_urls()]

    def bulk_view(self, request: HttpRequest, verb: str) -> HttpResponse:
        """Show what the step takes and what it leaves out, with its form; on POST, take it of each."""
        if verb not in BULK:
            raise Http404
        if not self.has_answer_permission(request):
            raise PermissionDenied
        rows = self._chosen(request)
        if not rows:
            messages.warning(request, _("Tick requests in the list first."))
            return HttpResponseRedirect(self._list(request))
        taken, left = sort_out(rows, verb, cast("User", request.user))
        form = self._form(request, verb, taken or rows)
        # Those that the page offered, moved meanwhile or not: whoever was first is named.
        offered = [row for row in rows if str(row.pk) in request.POST.getlist("row")]
        if offered and form.is_valid() and self._took_all(request, offered, verb, form):
            return HttpResponseRedirect(self._list(request))
        return self._page(request, verb, form, taken, left)

    def _prepare(self, request: HttpRequest, queryset: QuerySet[Any], verb: str) -> HttpResponse:
        """Lead to the page of the act, whose address holds the chosen rows: it can be loaded again."""
        keys = list(queryset.values_list("pk", flat=True)[: MOST + 1])
        if len(keys) > MOST:
            text = _(
                "You chose more than %(count)d requests: here are the first ones, take the others afterwards."
            )
            messages.warning(request, text % {"count": MOST})
        query = urlencode({"row": keys[:MOST]}, doseq=True)
        address = f"{self._address('bulk', verb)}?{query}&{self.get_preserved_filters(request)}"
        return HttpResponseRedirect(address.removesuffix("&"))

    def _chosen(self, request: HttpRequest) -> list[ServiceRequest]:
        """Return the rows that the address names, as far as the person may see them."""
        keys = [int(key) for key in request.GET.getlist("row")[:MOST] if key.isdecimal() and len(key) < 19]
        rows = self.get_queryset(request).filter(pk__in=keys).order_by(*self.get_ordering(request))
        details = ("auditdetails", "developmentdetails", "chantierdetails")
        # Prefetched, so that the roles of who is in charge of many are read once.
        return list(rows.select_related("commune", *details).prefetch_related("assigned_to", "created_by"))

    @staticmethod
    def _form(request: HttpRequest, verb: str, rows: list[ServiceRequest]) -> StepForm:
        """Return the one form for all, fitted to the request that is needed first: a hint says which one that is."""
        first = needed_first(rows)
        form = form_for(request, STEP_FORMS.get(verb, StepForm), first)
        # Each row is looked at by itself, when its turn comes.
        del form.fields["seen"]
        # The page is a preview, and its button says how many: that is the second look.
        form.fields.pop("reread", None)
        due = form.fields.get("due_on")
        if due and due.help_text and len(rows) > 1:
            due.help_text = f"{first.reference}, {due.help_text}"
        return form

    def _took_all(
        self, request: HttpRequest, rows: list[ServiceRequest], verb: str, form: forms.Form
    ) -> bool:
        """Take the step of each row and say what became of them; False when the form must be shown again."""
        taken = take(rows, verb, cast("User", request.user), form.cleaned_data)
        if taken.refused and not taken.done:
            add_errors(form, taken.refused)
            return False
        if taken.done:
            count = len(taken.done)
            messages.success(request, BULK[verb].done % {"count": count})
        if taken.left:
            messages.warning(request, self._report(taken.left))
        return True

    def _report(self, left: list[LeftOut]) -> str:
        """Return the requests that the step did not move, each with a link and the reason."""
        said = ngettext("%(count)d request was left out:", "%(count)d requests were left out:", len(left))
        lines = format_html_join(
            "",
            '<li><a href="{}">{}</a> {}</li>',
            ((self._address("change", row.pk), row.reference or row.title, why) for row, why in left),
        )
        return format_html("{}<ul>{}</ul>", said % {"count": len(left)}, lines)

    def _page(
        self,
        request: HttpRequest,
        verb: str,
        form: StepForm,
        taken: list[ServiceRequest],
        left: list[LeftOut],
    ) -> HttpResponse:
        bulk = BULK[verb]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "bulk": bulk,
            "form": form,
            "taken": preview(taken),
            "left": left,
            "languages": languages(taken) if bulk.asks_for_words and taken else None,
            "confirm": bulk.button % {"count": len(taken)},
            "title": bulk.choice,
            "back": self._list(request),
        }
        return TemplateResponse(request, self.bulk_template, context)

    def _list(self, request: HttpRequest) -> str:
        """Return the address of the list, narrowed down as it was."""
        kept: Any = {"preserved_filters": self.get_preserved_filters(request), "opts": self.opts}
        return add_preserved_filters(kept, self._address("changelist"))
