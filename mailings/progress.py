"""Watching an edition leave, and deciding on messages of which nobody knows whether they left."""

from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from hubportal.accounts.models import AGENCY_ROLES
from hubportal.accounts.requests import SignedIn
from mailings import counting, sendlog
from mailings.content import short
from mailings.models import STEERERS, Capacity, CrashPolicy, Delivery, FailedStep, Mailing, Status, Verdict
from mailings.models.choices import HELD

DONE: Final[dict[Verdict, Any]] = {
    Verdict.ARRIVED: gettext_lazy("%(name)s: noted that it arrived."),
    Verdict.AGAIN: gettext_lazy("%(name)s: it is sent again."),
    Verdict.LOST: gettext_lazy("%(name)s: noted that it did not arrive."),
}


@require_safe
def mailing_progress(request: SignedIn, number: int) -> HttpResponse:
    """Show how far an edition is; who may read it but not follow it finds nothing here."""
    mailing = get_object_or_404(Mailing.objects.visible_to(request.user), number=number)
    if not mailing.can_be_followed_by(request.user):
        raise Http404
    if mailing.started_at is None:
        messages.info(request, _("Nothing of this edition has left yet."))
        return redirect(mailing)
    return render(request, "mailings/progress.html", _context(request, mailing))


@require_POST
def delivery_decide(request: SignedIn, pk: int) -> HttpResponse:
    """Settle an uncertain message: it arrived, or it is to be sent again."""
    rows = Delivery.objects.visible_to(request.user).select_related("mailing")
    delivery = get_object_or_404(rows, pk=pk)
    if not delivery.can_be_decided_by(request.user):
        raise PermissionDenied
    decision = request.POST.get("decision", "")
    if decision not in Verdict.values:
        messages.error(request, _("Choose one of the answers: whether it arrived, or is sent again."))
    else:
        _decide(request, delivery, Verdict(decision))
    return redirect("mailings:progress", delivery.mailing.number)


def _decide(request: SignedIn, delivery: Delivery, verdict: Verdict) -> None:
    try:
        delivery.decide(by=request.user, verdict=verdict)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, DONE[verdict] % {"name": delivery.name})


def _context(request: SignedIn, mailing: Mailing) -> dict[str, Any]:
    user, counted, communes = request.user, counting.tally(mailing), counting.by_commune(mailing)
    uncertain = sendlog.uncertain(mailing, user)
    return {
        "mailing": mailing,
        "fingerprint": short(mailing.content_hash),
        "is_live": mailing.status == Status.SENDING,
        "tally": counted,
        "communes": communes,
        "reached": sum(bool(row.accepted) for row in communes),
        "in_part": [row.nis for row in communes if row.is_in_part],
        "meant": sum(row.is_meant for row in communes),
        "unreached": [row.nis for row in communes if row.is_meant and not row.accepted],
        "left_out": [row.nis for row in communes if not row.is_meant],
        "besides": counting.besides(mailing),
        "failures": FailedStep.objects.standing(mailing),
        "gaps": [gap for row in communes for gap in row.gaps],
        "ends_at": counting.ends_at(mailing, counted),
        "per_minute": settings.MAILS_PER_MINUTE,
        "held": HELD,
        "is_held": mailing.crash_policy == CrashPolicy.HOLD,
        "resent": sendlog.resent(mailing, user),
        "uncertain": uncertain,
        "is_too_late": not any(row.may_leave for row in uncertain),
        "troubled": sendlog.troubled(mailing, user),
        "troubles": sendlog.troubles(mailing),
        "lost": sendlog.lost(mailing, user),
        "journal": sendlog.moments(mailing, user),
        "steps": mailing.next_steps(user),
        "approval": mailing.approvals_now.get(Capacity.CABINET),
        "is_agency": user.has_role(*AGENCY_ROLES),
        "decides": user.has_role(*STEERERS),
    }
