"""Reading an edition that left: in the archive, or by the link of a message; and saying that one has."""

from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from communes.models.mandate import communes_of
from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.accounts.requests import SignedIn
from mailings import followups, readers, receipts, sendlog, trial
from mailings.figures import figures
from mailings.models import LANGUAGES, Delivery, Mailing
from mailings.pages import gaps_of
from mailings.showing import shown

LAST: Final = 4
"""Editions listed beside the one that is read."""


def letter_page(request: SignedIn, mailing: Mailing) -> HttpResponse:
    """Show a sent edition to somebody who is signed in, with what they may do about it."""
    user = request.user
    own = list(Delivery.objects.serving(user).filter(mailing=mailing).order_by("pk"))
    asked = request.GET.get("language", "")
    language = asked if asked in LANGUAGES else _language_of(user)
    context = {
        "mailing": mailing,
        "letter": shown(mailing.text(language), own[0].values if own else trial.values(user)),
        "receipt": receipts.receipts(user, [mailing]).get(mailing.pk),
        "colleagues": readers.colleagues_of(mailing, communes_of(user), user.pk),
        "others": Mailing.objects.visible_to(user).sent().exclude(pk=mailing.pk).order_by("-number")[:LAST],
        "follows": mailing.can_be_followed_by(user),
        **(_unreached(mailing, user) if mailing.can_be_followed_by(user) else {"gaps": None}),
        "may_follow_up": mailing.can_be_steered_by(user),
        **(_readers(mailing, user) if user.has_role(*AGENCY_ROLES) else {}),
    }
    return render(request, "mailings/letter_archive.html", context)


@require_POST
def acknowledge(request: SignedIn, number: int) -> HttpResponse:
    """Record that the person has read an edition that was sent to them."""
    mailing = get_object_or_404(Mailing.objects.visible_to(request.user), number=number)
    own = list(Delivery.objects.serving(request.user).filter(mailing=mailing).order_by("pk"))
    for delivery in own:
        delivery.acknowledge(by=request.user)
    if own:
        messages.success(request, _("Thank you: it is noted that you have read this edition."))
    else:
        messages.error(request, _("This edition was not sent to you: there is nothing to note."))
    return redirect(mailing)


# No cookie, no account: the link of a message is the proof, and nobody else can guess it.
@login_not_required
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def read(request: HttpRequest, token: str) -> HttpResponse:
    """Show the edition of a message to whoever holds its link; record by POST (mail scanners follow links)."""
    found = Delivery.objects.opened_with(token).select_related("mailing")
    delivery = get_object_or_404(found.prefetch_related("mailing__variants", "mailing__attachments"))
    if request.method == "POST":
        delivery.acknowledge()
        # To the thanks, which stand first and take the focus: a telephone would show the letter once more.
        return redirect(reverse("mailings:read", args=[token]) + "#thanks")
    first = _page_language() or delivery.language[:2]
    own = shown(delivery.mailing.text(first), delivery.values)
    context = {
        "delivery": delivery,
        "mailing": delivery.mailing,
        "letter": own,
        "twin": shown(delivery.mailing.text(own.other), delivery.values),
    }
    return render(request, "mailings/letter_read.html", context)


def _page_language() -> str:
    """Return the language of the page when it is one of an edition's, else nothing."""
    language = get_language() or ""
    return language if language in LANGUAGES else ""


def _language_of(user: User) -> str:
    return _page_language() or user.content_language or LANGUAGES[0]


def _unreached(mailing: Mailing, user: User) -> dict[str, Any]:
    """Return who was not reached: whom nothing was written to, and whose message did not arrive."""
    return {"gaps": gaps_of(mailing), "lost": sendlog.lost(mailing, user)}


def _readers(mailing: Mailing, user: User) -> dict[str, Any]:
    """Return who has read it and who has not, for the agency."""
    rows = readers.by_commune(mailing)
    total = sum(row.total for row in rows)
    return {
        "follow_up": followups.summary(mailing),
        "readers": rows,
        "other_readers": readers.others(mailing),
        "people": total,
        "figures": figures(user, [mailing])[mailing.pk],
        "have_read": sum(row.acknowledged for row in rows),
        "named": readers.NAMED if total > readers.NAMED else 0,
    }
