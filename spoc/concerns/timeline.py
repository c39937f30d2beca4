"""The way of a concern as a list of moments: what happened, where it is, what is still to come."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubportal.accounts.models import User
from spoc.models import UNANSWERED, Concern, ConcernEvent, ConcernStatus
from spoc.timeline import Moment

DONE: Final[Mapping[str, str | Promise]] = {
    "qualify": pgettext_lazy("concern", "Qualified"),
    "requalify": pgettext_lazy("concern", "Qualified again"),
    "join_group": pgettext_lazy("step of a concern", "Put into a group"),
    "leave_group": pgettext_lazy("concern", "Taken out of its group"),
    "fall_out_of_group": _("Confidential now: taken out of its group, whose title names its commune"),
    "answer_locally": _("Answered by the agency"),
    "decline_relay": pgettext_lazy("concern", "Not relayed, with the reason"),
    "relay": pgettext_lazy("concern", "Relayed to the Region"),
    "hand_back": _("Back with the SPOC, without an answer"),
    "answer": _("Answer of the Region passed on"),
    "close": pgettext_lazy("concern", "Closed"),
    "settle": _("Settled by an answer that was published before"),
    "reopen": pgettext_lazy("concern", "Reopened"),
    "withdraw": pgettext_lazy("concern", "Withdrawn"),
}
"""What a step did, for both parties."""


def timeline(row: Concern, user: User) -> list[Moment]:
    """Return the steps taken, the last one as where it is, and what is to come while it is open: one query."""
    events = (
        ConcernEvent.objects.visible_to(user).filter(subject=row).select_related("by").order_by("at", "pk")
    )
    found = [Moment(pgettext_lazy("concern", "Raised"), row.raised_at, row.raised_by.full_name)]
    found += [_moment(event) for event in events]
    found[-1] = found[-1]._replace(css="now")
    return [*found, *_to_come(row)]


def _moment(event: ConcernEvent) -> Moment:
    return Moment(DONE[event.verb], event.at, event.by.full_name if event.by else "", event.comment)


def _to_come(row: Concern) -> list[Moment]:
    if not row.is_open:
        return []
    found: list[Any] = []
    if row.status == ConcernStatus.RAISED:
        found.append(_("The SPOC qualifies it"))
    if row.status in UNANSWERED:
        found.append(_("Answer"))
    return [Moment(words, css="todo") for words in (*found, _("The commune closes it"))]
