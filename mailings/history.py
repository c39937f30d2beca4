"""What happened to an edition, newest first: the steps that were taken, and those that failed."""

from datetime import datetime
from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mailings.models import Mailing, MailingEvent

SHOWN: Final = 30
WORDS: Final[dict[str, str | Promise]] = {
    "revise": _("Text changed"),
    "attach": _("Attachment added"),
    "detach": _("Attachment removed"),
    "submit": _("Approval asked for"),
    "approve": pgettext_lazy("mailing", "Approved"),
    "remark": _("Changes asked for"),
    "withdraw": _("Approval withdrawn"),
    "schedule": pgettext_lazy("mailing", "Scheduled"),
    "start": _("Sending began"),
    "pause": pgettext_lazy("mailing", "Paused"),
    "resume": _("Sending resumed"),
    "finish": pgettext_lazy("mailing", "Sent"),
    "cancel": pgettext_lazy("mailing", "Cancelled"),
    "expire": pgettext_lazy("mailing", "Not sent in time"),
}
"""What each step is called once it was taken."""
_FAILED: Final = {"start": _("It could not leave")}
_OTHER_FAILED: Final = _("A step that was due failed")


_PAUSED_BY_ITSELF: Final = _(
    "The moment after which it must not leave had come, and messages had not been tried, or none was accepted."
)


def said(event: MailingEvent) -> str:
    """Return what stands beside a step: what the person wrote, or why the portal took it."""
    return str(_PAUSED_BY_ITSELF) if event.verb == "pause" and event.by_id is None else event.comment


class Moment(NamedTuple):
    """One step; no `by`: the portal itself."""

    label: str | Promise
    at: datetime
    by: str = ""
    comment: str = ""


def history(mailing: Mailing) -> list[Moment]:
    """Return the last steps, newest first, down to its beginning unless there are too many."""
    events = list(mailing.events.select_related("by").order_by("-at", "-pk")[:SHOWN])
    found = [
        Moment(
            WORDS.get(event.verb, event.verb),
            event.at,
            event.by.full_name if event.by else "",
            said(event),
        )
        for event in events
    ]
    if len(found) < SHOWN:
        began = mailing.created_by.full_name if mailing.created_by else ""
        found.append(Moment(_("Begun"), mailing.created_at, began))
    failed = mailing.failures.order_by("-first_at", "-pk")[:SHOWN]
    found += [
        Moment(_FAILED.get(row.verb, _OTHER_FAILED), row.first_at, "", str(row.reason)) for row in failed
    ]
    return sorted(found, key=lambda moment: moment.at, reverse=True)
