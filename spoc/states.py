"""How the states of requests and concerns are shown. The word depends on who reads: whoever must act reads "your"."""

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from hubportal.look.states import State, StateTables, free_tag, tag
from spoc.models import ServiceRequest, Side, Status

STATES: StateTables = {
    "request": {
        "draft": State("", "draft", pgettext_lazy("request", "Draft")),
        "submitted": State("info", "sent", pgettext_lazy("request", "Submitted")),
        "accepted": State("info", "accepted", pgettext_lazy("request", "Accepted")),
        "in_progress": State("info", "progress", pgettext_lazy("request", "In progress")),
        "waiting_requester": State("wait", "wait", _("Waiting for the requester")),
        "delivered": State("good", "box", _("Delivered, to confirm")),
        "closed": State("done", "done", pgettext_lazy("request", "Closed")),
        "declined": State("bad", "cross", _("Declined, with the reason")),
        "withdrawn": State("done", "back", pgettext_lazy("request", "Withdrawn")),
    },
    "measure": {
        "proposed": State("", "draft", pgettext_lazy("measure", "Proposed")),
        "agreed": State("info", "accepted", pgettext_lazy("measure", "Agreed")),
        "running": State("info", "progress", pgettext_lazy("measure", "Running")),
        "done": State("done", "done", pgettext_lazy("measure", "Done")),
        "dropped": State("done", "back", pgettext_lazy("measure", "Dropped")),
    },
    "meeting": {
        "planned": State("info", "cal", pgettext_lazy("meeting", "Planned")),
        "held": State("good", "done", pgettext_lazy("meeting", "Held")),
        "cancelled": State("done", "back", pgettext_lazy("meeting", "Cancelled")),
    },
    "concern": {
        "raised": State("", "draft", pgettext_lazy("concern", "Raised")),
        "qualified": State("info", "accepted", pgettext_lazy("concern", "Qualified")),
        "relayed": State("info", "sent", pgettext_lazy("concern", "Relayed to the Region")),
        "answered": State("good", "talk", pgettext_lazy("concern", "Answered, to close")),
        "closed": State("done", "done", pgettext_lazy("concern", "Closed")),
        "not_relayed": State("bad", "cross", pgettext_lazy("concern", "Not relayed, with the reason")),
        "withdrawn": State("done", "back", pgettext_lazy("concern", "Withdrawn")),
    },
    "note": {
        "draft": State("", "draft", pgettext_lazy("relay note", "Draft")),
        "sent": State("info", "sent", pgettext_lazy("relay note", "Sent")),
        "acknowledged": State("info", "accepted", pgettext_lazy("relay note", "Receipt acknowledged")),
        "partly_answered": State("wait", "progress", pgettext_lazy("relay note", "Partly answered")),
        "answered": State("good", "talk", pgettext_lazy("relay note", "Answered")),
        "closed": State("done", "done", pgettext_lazy("relay note", "Closed")),
        "dropped": State("done", "cross", pgettext_lazy("relay note", "Discarded")),
    },
    "answer": {
        "given": State("wait", "pen", pgettext_lazy("answer", "To publish")),
        "published": State("good", "check", pgettext_lazy("answer", "Published")),
        "superseded": State("done", "back", pgettext_lazy("answer", "Replaced by a newer one")),
        "withdrawn": State("bad", "cross", pgettext_lazy("answer", "Withdrawn, with the reason")),
    },
}


def label(request: ServiceRequest, side: Side) -> str | Promise:
    """Return the word for a reader of a party; empty where everybody reads the table's."""
    if request.status != Status.WAITING_REQUESTER:
        return ""
    if side == request.requesting_side:
        return _("Waiting for your answer")
    return _("Waiting for the commune") if side == Side.AGENCY else _("Waiting for hub.brussels")


def state_tag(request: ServiceRequest, side: Side) -> SafeString:
    """Return the tag of a request's state for a reader of a party."""
    return tag("request", request.status, label(request, side))


def urgent_tag(request: ServiceRequest) -> SafeString | str:
    """Return the tag of roadworks that begin soon, nothing for any other request."""
    left = request.urgent_in()
    if left is None:
        return ""
    words = ngettext("Urgent: works in %(counter)s day", "Urgent: works in %(counter)s days", left)
    return free_tag("line", "alert", words % {"counter": left})
