"""What the pages of an edition share: the row for whoever may see it, the head with its tabs, the cards beside."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.accounts.requests import SignedIn
from hubportal.accounts.roles import OUTSIDE_ROLES
from mailings import weight
from mailings.content import short
from mailings.models import FROZEN, WRITERS, Decision, FrozenGap, Mailing
from mailings.models.consent import NEEDED, capacities_of, held
from mailings.overview import Overview, overview
from mailings.ruling import rule_in_words

READERS_OF_DRAFTS = (*AGENCY_ROLES, *OUTSIDE_ROLES)


def visible(request: SignedIn, number: int) -> Mailing:
    """Return an edition with what its pages read; 404 for who may not see it."""
    rows = Mailing.objects.visible_to(request.user).with_review().prefetch_related("attachments")
    mailing: Mailing = get_object_or_404(rows, number=number)
    return mailing


def in_review_by(request: SignedIn, number: int) -> Mailing:
    """Return an edition for those who prepare and approve it; who only reads what was sent gets 403."""
    mailing = visible(request, number)
    if not request.user.has_role(*READERS_OF_DRAFTS):
        raise PermissionDenied(_("This page is for those who write and approve the mailing."))
    return mailing


def head(mailing: Mailing, user: User) -> dict[str, Any]:
    """Return what the head of each page shows."""
    return {
        "mailing": mailing,
        "audience": rule_in_words(mailing),
        "fingerprint": short(mailing.content_hash),
        "may_write": mailing.can_be_written_by(user),
        "may_test": can_be_tried_by(user),
    }


def cards(mailing: Mailing) -> dict[str, Any]:
    """Return what the cards beside the text show: parity, approvals, coverage."""
    approvals = held(mailing, mailing.approvals.all())
    asked = [row for row in mailing.approvals.all() if row.decision == Decision.SUBMITTED]
    return {
        "report": weight.report(mailing),
        "signatures": [(capacity, approvals.get(capacity)) for capacity in NEEDED],
        "asked": asked[-1] if asked else None,
        "overview": coverage_of(mailing),
        "gaps": gaps_of(mailing),
    }


def gaps_of(mailing: Mailing) -> list[FrozenGap] | None:
    """Return who was not reached once sending had begun; None for what never left: nobody was."""
    if mailing.started_at is None:
        return None
    return list(FrozenGap.objects.filter(mailing=mailing).named())


def coverage_of(mailing: Mailing) -> Overview | None:
    """Return who would be reached; None once it is fixed or over: then the messages themselves tell."""
    has_ended = mailing.status in (*FROZEN, Mailing.Status.CANCELLED, Mailing.Status.EXPIRED)
    return None if has_ended else overview(mailing)


def can_be_tried_by(user: User) -> bool:
    """Tell whether a person may send the letter to themselves: who writes or approves, and has an address."""
    return bool(user.email) and (user.has_role(*WRITERS) or bool(capacities_of(user)))
