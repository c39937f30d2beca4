"""The delegations of a commune: who acts for it by whose will; giving one, and withdrawing one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from communes import delegating
from communes.delegation_forms import GiveForm
from communes.models import Commune, Delegation
from communes.models.mandate import reads_file_of
from hubportal.access.admin import bound
from hubportal.accounts.requests import SignedIn

PAST = 20
"""Ended delegations that are shown, the latest first."""


@require_safe
def delegation_list(request: SignedIn, nis: str) -> HttpResponse:
    """Show the delegations of one's own commune: those of today, those to come, the latest that ended."""
    commune, today = _own(request, nis), timezone.localdate()
    rows = Delegation.objects.visible_to(request.user).filter(commune=commune).with_last_day()
    rows = rows.select_related("user", "given_by").order_by("user__last_name", "-starts_on", "pk")
    context = {
        "commune": commune,
        "can_delegate": commune.can_be_delegated_by(request.user),
        "current": rows.valid(today),
        "coming": rows.filter(starts_on__gt=today),
        "past": rows.latest_ended(today)[:PAST],
    }
    return render(request, "communes/delegation_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def delegation_give(request: SignedIn, nis: str) -> HttpResponse:
    """Give a delegation."""
    commune = _own_to_delegate(request, nis)
    form = GiveForm(*bound(request)[:1])
    if form.is_valid():
        try:
            row = delegating.give(commune, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            facts = {"name": row.user.full_name}
            messages.success(request, _("%(name)s may act for the commune, and is told by mail.") % facts)
            return redirect("communes:delegations", nis)
    return render(request, "communes/delegation_give.html", {"commune": commune, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def delegation_withdraw(request: SignedIn, nis: str, pk: int) -> HttpResponse:
    """Ask whether a delegation is to end today; on POST, end it."""
    commune = _own_to_delegate(request, nis)
    rows = Delegation.objects.visible_to(request.user).select_related("user", "given_by", "commune")
    row = rows.filter(pk=pk, commune=commune).first()
    if row is None and delegating.was_withdrawn(commune, pk):
        messages.info(request, delegating.OVER)
        return redirect("communes:delegations", nis)
    if row is None:
        raise Http404
    if request.method == "POST":
        return _withdrawn(request, row)
    return render(request, "communes/delegation_withdraw.html", {"commune": commune, "row": row})


def _withdrawn(request: SignedIn, row: Delegation) -> HttpResponse:
    try:
        delegating.withdraw(row, by=request.user)
    except ValidationError as error:
        messages.info(request, " ".join(error.messages))
    else:
        facts = {"name": row.user.full_name}
        messages.success(request, _("The delegation of %(name)s is withdrawn.") % facts)
    return redirect("communes:delegations", row.commune_id)


def _own(request: SignedIn, nis: str) -> Commune:
    """Return a commune whose file the reader may see; any other does not exist for them."""
    commune = get_object_or_404(Commune.objects.visible_to(request.user), nis=nis)
    if not reads_file_of(request.user, nis):
        raise Http404
    return commune


def _own_to_delegate(request: SignedIn, nis: str) -> Commune:
    commune = _own(request, nis)
    if not commune.can_be_delegated_by(request.user):
        raise PermissionDenied
    return commune
