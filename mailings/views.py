"""The list of editions, and the page of one: under review, or as it was sent."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hubportal import search
from hubportal.accounts.models import AGENCY_ROLES
from hubportal.accounts.requests import SignedIn
from hubportal.keys import key_asked
from mailings import nextstep, reading, receipts, searching
from mailings.history import history
from mailings.models import FailedStep, Mailing, Schedule, Status
from mailings.models.choices import text_language
from mailings.models.queryset import MailingQuerySet
from mailings.pages import READERS_OF_DRAFTS, cards, head, visible
from mailings.rhythm_showing import lines
from mailings.showing import comparison, pair
from mailings.versions import NUMBER_LENGTH

PAGE = 25


@require_safe
def mailing_list(request: SignedIn) -> HttpResponse:
    """Show what is in preparation to those who write and approve, then the archive, newest first.

    `?waiting` leaves only what the reader still has to acknowledge, `?q=` what holds the words in either language.
    """
    user = request.user
    rows, before = Mailing.objects.visible_to(user).with_review(), key_asked(request, "before", NUMBER_LENGTH)
    if words := request.GET.get("q", "").strip():
        return _found(request, words, before)
    is_reviewer = user.has_role(*READERS_OF_DRAFTS)
    # What reached a reader and was held up or cancelled afterwards stands among the rest.
    past = rows.over() if is_reviewer else rows
    waiting, is_short, is_first = receipts.waiting(user), "waiting" in request.GET, before is None
    found, following = _archive(past.filter(pk__in=waiting.values("pk")) if is_short else past, before)
    said = receipts.receipts(user, found)
    context = {
        "lines": nextstep.prepared(rows, user) if is_reviewer and is_first and not is_short else [],
        "archive": [(row, said.get(row.pk)) for row in found],
        "language": text_language(),
        "is_short": is_short,
        "waiting": waiting.count(),
        "rhythms": lines(user) if is_reviewer and is_first and not is_short else [],
        "may_set_rhythm": Schedule.can_be_changed_by(user),
        "following": following,
        "is_first": is_first,
        "may_begin": Mailing.can_be_begun_by(user),
        "is_reviewer": is_reviewer,
    }
    return render(request, "mailings/mailing_list.html", context)


def _found(request: SignedIn, words: str, before: int | None) -> HttpResponse:
    """Show the editions that hold the words, newest first, with the lines around them."""
    user = request.user
    found, following = _archive(Mailing.objects.visible_to(user).search(words), before)
    context = {
        "words": words[: search.LONGEST],
        "hits": searching.hits(found, words),
        "following": following,
        "is_first": before is None,
        "is_reviewer": user.has_role(*READERS_OF_DRAFTS),
    }
    return render(request, "mailings/mailing_found.html", context)


@require_safe
def mailing_detail(request: SignedIn, number: int) -> HttpResponse:
    """Show an edition: the letter once it was sent; before, both texts, who said what, and one's next step."""
    mailing = visible(request, number)
    if mailing.status == Status.SENT or not request.user.has_role(*READERS_OF_DRAFTS):
        return reading.letter_page(request, mailing)
    user, beside = request.user, cards(mailing)
    context = {
        **head(mailing, user),
        **beside,
        "next": nextstep.next_step(mailing, user),
        "remark": nextstep.last_remark(mailing),
        "steps": nextstep.offered(mailing, user, is_level=not beside["report"].blocking),
        "pair": pair(mailing),
        "comparison": comparison(mailing, user),
        "decisions": list(reversed(mailing.approvals.all())),
        "history": history(mailing),
        "failures": FailedStep.objects.standing(mailing),
        "is_agency": user.has_role(*AGENCY_ROLES),
    }
    return render(request, "mailings/mailing_detail.html", context)


def _archive(rows: MailingQuerySet, before: int | None) -> tuple[list[Mailing], int | None]:
    """Return a page of editions, newest first, and the number after which the next page begins."""
    rows = rows.order_by("-number")
    if before is not None:
        rows = rows.filter(number__lt=before)
    found = list(rows[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].number if len(found) > PAGE else None
