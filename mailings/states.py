"""How the states of this app are shown."""

from django.utils.translation import pgettext_lazy

from hubportal.look.states import State, StateTables

STATES: StateTables = {
    "mailing": {
        "draft": State("", "draft", pgettext_lazy("mailing", "Draft")),
        "in_review": State("wait", "wait", pgettext_lazy("mailing", "To approve")),
        "approved": State("good", "accepted", pgettext_lazy("mailing", "Approved")),
        "scheduled": State("info", "cal", pgettext_lazy("mailing", "Scheduled")),
        "sending": State("info", "progress", pgettext_lazy("mailing", "Being sent")),
        "paused": State("wait", "pause", pgettext_lazy("mailing", "Paused")),
        "sent": State("done", "sent", pgettext_lazy("mailing", "Sent")),
        "cancelled": State("bad", "cross", pgettext_lazy("mailing", "Cancelled")),
        "expired": State("bad", "alert", pgettext_lazy("mailing", "Not sent in time")),
    },
    "delivery": {
        "queued": State("", "wait", pgettext_lazy("mail", "Waiting")),
        "sending": State("info", "progress", pgettext_lazy("mail", "Being sent")),
        "accepted": State("good", "done", pgettext_lazy("mail", "Accepted by the relay")),
        "deferred": State("wait", "hourglass", pgettext_lazy("mail", "To be tried again")),
        "failed": State("bad", "cross", pgettext_lazy("mail", "Refused by the relay")),
        "lost": State("bad", "cross", pgettext_lazy("mail", "Did not arrive")),
        "uncertain": State("wait", "alert", pgettext_lazy("mail", "Uncertain")),
        "cancelled": State("bad", "cross", pgettext_lazy("mail", "Cancelled")),
        "right_ended": State("done", "cross", pgettext_lazy("mail", "Not sent: right ended")),
        "bounced": State("bad", "back", pgettext_lazy("mail", "Came back")),
        "suppressed": State("bad", "alert", pgettext_lazy("mail", "Address stopped")),
    },
    "reach": {
        "queued": State("", "wait", pgettext_lazy("mail", "Waiting")),
        "sending": State("info", "progress", pgettext_lazy("mail", "Being sent")),
        "reached": State("good", "check", pgettext_lazy("commune", "Reached")),
        "partly": State("wait", "alert", pgettext_lazy("commune", "Reached in part")),
        "deferred": State("wait", "hourglass", pgettext_lazy("mail", "To be tried again")),
        "uncertain": State("wait", "alert", pgettext_lazy("mail", "Uncertain")),
        "failed": State("bad", "cross", pgettext_lazy("mail", "Refused by the relay")),
        "cancelled": State("bad", "cross", pgettext_lazy("mail", "Cancelled")),
        "suppressed": State("bad", "alert", pgettext_lazy("mail", "Address stopped")),
        "bounced": State("bad", "back", pgettext_lazy("mail", "Came back")),
        "nobody": State("bad", "alert", pgettext_lazy("commune", "Nobody to write to")),
        "not_meant": State("", "info", pgettext_lazy("commune", "Not meant for it")),
    },
    "besides": {
        "reached": State("good", "check", pgettext_lazy("person", "Receives it")),
        "no_address": State("bad", "alert", pgettext_lazy("person", "No address")),
        "suppressed": State("bad", "alert", pgettext_lazy("mail", "Address stopped")),
    },
}
