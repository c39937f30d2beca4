"""Asking, in a few short pages: choose a service, one page for each thing that is asked, check and submit.

The first of them makes the draft; each page that follows is kept by itself.
"""

from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from communes.context import communes_for, current
from communes.models import Commune
from hubportal.access.admin import bound
from hubportal.access.constraints import constraint_messages
from hubportal.access.forms import version_of
from hubportal.accounts.models import User
from hubportal.accounts.requests import SignedIn
from hubportal.forms import add_errors
from hubportal.workflow import TransitionError
from spoc.asking_forms import SERVICES, SUBJECT, Page, RequestForm
from spoc.drafts import beside, draft_of, steps, too_late, unfilled
from spoc.interruption_forms import InterruptionsForm
from spoc.models import ChantierDetails, Direction, Kind, ServiceRequest, Status, repeats
from spoc.models.parties import communes_asked_by

ABOUT_A_COMMUNE: Final = {
    Kind.AUDIT: gettext_lazy("Data, a study or a guide that the commune holds, or a contact there."),
    Kind.DEVELOPMENT: gettext_lazy(
        "What the commune contributes to a project in a district or an association."
    ),
    Kind.CHANTIER: gettext_lazy("Dates, plans or measures of works that the commune knows of."),
}
ABOUT: Final = {
    Kind.AUDIT: gettext_lazy(
        "Figures, studies, comparisons and guides about a district or the whole commune."
    ),
    Kind.DEVELOPMENT: gettext_lazy(
        "A project in a district in difficulty; a merchants’ association to create or to strengthen."
    ),
    Kind.CHANTIER: gettext_lazy(
        "A plan before, during and after works that weigh on a shopping district. Works that begin within "
        "30 days are treated as urgent."
    ),
}


@require_safe
def request_new(request: SignedIn) -> HttpResponse:
    """Ask for which of the three services, and staff of which commune; the answer leads to its first page."""
    own = _may_ask(request)
    commune = _acting(request, own)
    chosen = request.GET.get("kind")
    if chosen in Kind.values and commune:
        return redirect(f"{reverse('spoc:request-begin', args=[chosen])}{_query(request, commune)}")
    words = ABOUT_A_COMMUNE if request.user.is_staff else ABOUT
    context = {
        "kinds": [(kind, words[kind]) for kind in Kind],
        "is_unanswered": chosen is not None and chosen not in Kind.values,
        "misses_commune": chosen is not None and commune is None,
        "chosen": chosen,
        "communes": own if request.user.is_staff else [],
        **beside(request, commune),
    }
    return render(request, "spoc/request_new.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def request_begin(request: SignedIn, kind: str) -> HttpResponse:
    """Show the first page of a service; on POST, keep a draft."""
    if kind not in Kind.values:
        raise Http404
    commune = _acting(request, _may_ask(request))
    if commune is None:
        return redirect("spoc:request-new")
    direction = Direction.TO_COMMUNE if request.user.is_staff else Direction.TO_AGENCY
    row = ServiceRequest.objects.begin(by=request.user, commune=commune, kind=kind, direction=direction)
    form = RequestForm(*bound(request), instance=row, user=request.user, page=SUBJECT)
    if form.is_valid() and (kept := _keep(form, None, request.user)):
        return _after(request, kept, SUBJECT)
    return _form_page(request, form, None, commune)


@require_safe
def request_continue(request: SignedIn, pk: int) -> HttpResponse:
    """Lead to the first page of a draft that is not filled in yet, to the check when none is missing."""
    row = draft_of(request, pk)
    page = unfilled(row)
    if row.status != Status.DRAFT or page is None:
        return redirect("spoc:request-check", pk=row.pk)
    return redirect("spoc:request-edit", pk=row.pk, page=page.code)


@require_http_methods(["GET", "HEAD", "POST"])
def request_edit(request: SignedIn, pk: int, page: str) -> HttpResponse:
    """Show a page of a draft; on POST, keep it."""
    row = draft_of(request, pk)
    asked = SERVICES[row.kind].page(page)
    if asked is None:
        raise Http404
    if row.status != Status.DRAFT:
        return too_late(request, row)
    missing = unfilled(row)
    if missing and _is_after(row, asked, missing):
        # What comes later stands on it.
        return redirect("spoc:request-edit", pk=row.pk, page=missing.code)
    form = RequestForm(*bound(request), instance=row, user=request.user, page=asked)
    rows = _interruptions(request, row, asked)
    # Both are checked: what is wrong is said in one go.
    if all([form.is_valid(), rows is None or rows.is_valid()]):
        try:
            if _keep(form, rows, request.user):
                return _after(request, row, asked)
        except TransitionError as error:
            messages.error(request, str(error))
            return redirect(row)
    return _form_page(request, form, rows, row.commune)


# --- Parts ---------------------------------------------------------------------------------------------------------


def _may_ask(request: SignedIn) -> list[Commune]:
    """Return the communes for which a person asks, or which staff ask; PermissionDenied without any."""
    if request.user.is_staff:
        found = communes_asked_by(request.user)
    else:
        found = [item.commune for item in communes_for(request.user)]
    if not found:
        raise PermissionDenied(
            _("A request is made by the people of a commune, or to a commune by its SPOC or a lead.")
        )
    return found


def _acting(request: SignedIn, own: list[Commune]) -> Commune | None:
    """Return the commune that asks, or is asked: the one of the form, else the current one; None: staff choose."""
    sent = request.POST.get("commune", request.GET.get("commune"))
    if sent:
        found = next((commune for commune in own if commune.nis == sent), None)
        if found is None:
            raise Http404
        return found
    if request.user.is_staff:
        return own[0] if len(own) == 1 else None
    return current(request, communes_for(request.user)) or own[0]


def _query(request: SignedIn, commune: Commune) -> str:
    """Return what an address carries on: which commune is asked."""
    return f"?commune={commune.nis}" if request.user.is_staff else ""


def _is_after(row: ServiceRequest, page: Page, other: Page) -> bool:
    pages = SERVICES[row.kind].pages
    return pages.index(page) > pages.index(other)


def _interruptions(request: SignedIn, row: ServiceRequest, page: Page) -> InterruptionsForm | None:
    """Return the form of the interruptions, on the page of roadworks where they are asked."""
    details = row.details
    if page.code != "effects" or not isinstance(details, ChantierDetails):
        return None
    return InterruptionsForm(request.POST if request.method == "POST" else None, details=details)


def _keep(form: RequestForm, rows: InterruptionsForm | None, by: User) -> ServiceRequest | None:
    """Keep the page of a valid form; None when the database refused, and the form says why."""
    try:
        with constraint_messages():
            # One draft at a time for each person: the second click waits here, and then finds the first's.
            User.objects.select_for_update(no_key=True).get(pk=by.pk)
            if form.instance.pk is None:
                return _the_same(form) or form.save()
            now = ServiceRequest.objects.select_for_update().get(pk=form.instance.pk)
            if now.status != Status.DRAFT:
                raise now.too_late("submit")
            if version_of(now) != form.stored_version:
                raise ValidationError(
                    _("Somebody changed this draft a moment ago: compare, then save again.")
                )
            kept = form.save()
            if rows is not None:
                rows.save()
            return kept
    except TransitionError:
        raise
    except ValidationError as error:
        add_errors(form, error)
        return None


def _the_same(form: RequestForm) -> ServiceRequest | None:
    """Return the draft that a first click made of the very same answers."""
    row = form.instance
    facts = {name: getattr(row, name) for name in ("created_by", "commune", "kind", *SUBJECT.fields)}
    recent = ServiceRequest.objects.filter(status=Status.DRAFT, created_at__gt=repeats.since())
    return recent.filter(**facts).order_by("-pk").first()


def _after(request: SignedIn, row: ServiceRequest, page: Page) -> HttpResponseRedirect:
    """Go on to the next page or to the check, or back to the list, as the pressed button says."""
    then = request.POST.get("then")
    if then == "later":
        messages.success(request, _("The draft was kept. Your colleagues can read it too."))
        return redirect("spoc:request-list")
    pages = SERVICES[row.kind].pages
    if (then == "check" and unfilled(row) is None) or page == pages[-1]:
        return redirect("spoc:request-check", pk=row.pk)
    return redirect("spoc:request-edit", pk=row.pk, page=pages[pages.index(page) + 1].code)


def _form_page(
    request: SignedIn, form: RequestForm, rows: InterruptionsForm | None, commune: Commune
) -> HttpResponse:
    row = form.instance
    context = {
        "form": form,
        "rows": rows,
        "row": row,
        "is_new": row.pk is None,
        "is_whole": row.pk is not None and unfilled(row) is None,
        "steps": steps(row, form.page),
        **beside(request, commune),
    }
    return render(request, "spoc/request_form.html", context)
