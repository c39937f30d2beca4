"""Handing out the proof of an edition, as PDF and as CSV: to the agency, once sending has begun."""

from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from typing import Any, Final, NamedTuple

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.models import User
from hubportal.accounts.requests import SignedIn
from hubportal.exports import table
from hubportal.files.download import download
from hubportal.look.dates import hour, short_date
from hubportal.pdf import drawn, why_not
from hubportal.pdf.later import later
from mailings import counting, proof
from mailings.content import short
from mailings.figures import figures
from mailings.models import DeliveryStatus, Mailing, StoredProof
from mailings.models.delivery_queryset import UNSENT
from mailings.states import STATES

PRINTED: Final = 1000
"""People printed at most: drawing more would keep the reader waiting. The CSV has all."""
HEAD: Final = (
    gettext_lazy("Edition"), gettext_lazy("Week of"), gettext_lazy("Fingerprint of the approved text"),
    gettext_lazy("Name"), gettext_lazy("Office"), gettext_lazy("Commune"), gettext_lazy("Address"),
    gettext_lazy("Language"), gettext_lazy("Fingerprint of the letter"), gettext_lazy("Short fingerprint"),
    gettext_lazy("State"), gettext_lazy("Accepted by the relay at"), gettext_lazy("SMTP code"),
    gettext_lazy("Words of the relay"), gettext_lazy("Came back at"), gettext_lazy("Acknowledged at"),
    gettext_lazy("Message-ID"), gettext_lazy("May have arrived twice"),
    gettext_lazy("Why it left all the same"), gettext_lazy("Gap closed by a follow-up at"),
)  # fmt: skip


class Count(NamedTuple):
    """How many messages are in a state; `is_part`: they are counted in the row before already."""

    label: str
    number: int
    is_part: bool = False


class Counts(NamedTuple):
    """The messages in numbers, each state with its words."""

    meant: list[Count]
    total: int
    """The messages in all, as every page counts them."""
    besides: list[Count]
    """What was not to leave, or did not in time: not among them."""


@require_safe
def proof_pdf(request: SignedIn, number: int) -> HttpResponseBase:
    """Hand out the proof on paper; 404 for those who may not see the messages."""
    mailing = _provable(request, number)
    if missing := why_not():
        return later(request, str(mailing), missing=missing)
    stored = _stored(request, mailing)
    page = stored.page if stored else markup(mailing, request.user)
    content = BytesIO(drawn(page, is_bilingual=True))
    journal(Kind.EXPORTED, request.user, mailing, what="mailing proof", format="pdf")
    return download(content, f"{_name(mailing)}.pdf", "application/pdf")


@require_safe
def proof_csv(request: SignedIn, number: int) -> HttpResponseBase:
    """Hand out the proof as a table, row by row; 404 for those who may not see the messages."""
    mailing = _provable(request, number)
    journal(Kind.EXPORTED, request.user, mailing, what="mailing proof", format="csv")
    if stored := _stored(request, mailing):
        return download(BytesIO(stored.table.encode()), f"{_name(mailing)}.csv", "text/csv; charset=utf-8")
    response = table("csv", _name(mailing), [str(name) for name in HEAD], rows(mailing, request.user))
    response["Cache-Control"] = "private, no-store"
    return response


def _provable(request: SignedIn, number: int) -> Mailing:
    """Return an edition that has begun to leave; Http404 for those who may not see its messages."""
    mailing = get_object_or_404(Mailing.objects.visible_to(request.user), number=number)
    if not mailing.can_be_proved_to(request.user):
        raise Http404
    return mailing


def _stored(request: SignedIn, mailing: Mailing) -> StoredProof | None:
    """Return the proof that was stored, once the rows hold hashes instead of addresses."""
    proofs = StoredProof.objects.visible_to(request.user)
    return proofs.instead_of_rows(mailing, get_language() or "")


def _name(mailing: Mailing) -> str:
    """Return the name of the file, which sorts by edition."""
    return f"mailing-{mailing.number}-proof"


def rows(mailing: Mailing, user: User) -> Iterator[tuple[Any, ...]]:
    """Yield a row for each person who was written to, then one for each gap."""
    edition = (mailing.number, mailing.week_on, mailing.approved_hash)
    for line in proof.lines(mailing, user, proof.letters(mailing)):
        yield (
            *edition, line.name, line.office, line.commune, line.address, line.languages, line.hash, line.short,
            line.state, line.accepted_at, line.code, line.reply, line.bounced_at, line.acknowledged_at,
            line.message_id, line.doubt, "", None,
        )  # fmt: skip
    for gap in proof.without_message(proof.gaps(mailing, user)):
        state = pgettext("mailing", "Not written to: %(why)s") % {"why": gap.text}
        yield (
            *edition, "", "", gap.commune.name, *("",) * 4, state, *("",) * 7, mailing.gap_reason,
            gap.closed_at,
        )  # fmt: skip


def markup(mailing: Mailing, user: User) -> str:
    """Return the HTML that is drawn, in the active language."""
    return render_to_string("mailings/pdf/proof.html", context(mailing, user))


def context(mailing: Mailing, user: User) -> dict[str, Any]:
    """Return what the template needs: as many queries for a thousand people as for one."""
    texts, now = proof.letters(mailing), timezone.now()
    people = list(islice(proof.lines(mailing, user, texts), PRINTED + 1))
    printed = {"day": short_date(now), "hour": hour(now), "name": user.full_name}
    return {
        "language": get_language(),
        "mailing": mailing,
        "foot": _("Printed on %(day)s, %(hour)s, by %(name)s") % printed,
        "fingerprint": short(mailing.content_hash),
        "letters": texts,
        "counts": _counts(mailing),
        "figures": figures(user, [mailing])[mailing.pk],
        "decisions": [(row, short(row.content_hash)) for row in proof.decisions(mailing, user)],
        "gaps": proof.gaps(mailing, user),
        "people": people[:PRINTED],
        "is_cut": len(people) > PRINTED,
        "printed": PRINTED,
    }


def _counts(mailing: Mailing) -> Counts:
    """Return how many messages are in each state, and in all: what the pages count; what was not to leave comes after.

    What came back was accepted before, and counts among those as on every page.
    """
    words, counted = STATES["delivery"], counting.tally(mailing)
    numbers = {**counted.counts, DeliveryStatus.ACCEPTED: counted.accepted, DeliveryStatus.BOUNCED: 0}
    numbers[DeliveryStatus.CANCELLED] -= counted.ended
    rows = {code: Count(str(words[code].label), number) for code, number in numbers.items() if number}
    meant = [rows[code] for code in DeliveryStatus.values if code in rows and code not in UNSENT]
    if counted.came_back:
        part = Count(capfirst(_("of them came back")), counted.came_back, is_part=True)
        meant.insert(meant.index(rows[DeliveryStatus.ACCEPTED]) + 1, part)
    besides = [rows[code] for code in UNSENT if code in rows]
    if counted.ended:
        besides.append(Count(str(words["right_ended"].label), counted.ended))
    return Counts(meant, counted.meant, besides)
