"""The life of an edition: every step there is."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubportal.workflow import Transition

TRANSITIONS = (
    Transition(
        "submit",
        ("draft",),
        "in_review",
        _("Ask for approval"),
        question=_("Somebody of the agency and somebody of the cabinet are asked to approve this very text."),
        style="primary",
    ),
    Transition(
        "approve",
        ("in_review",),
        ("in_review", "approved"),
        pgettext_lazy("mailing", "Approve"),
        question=_("You approve the text as it stands here, in both languages."),
        style="primary",
    ),
    # An approval that was withdrawn while it was being sent can be given again.
    Transition("approve", ("paused",), "paused", pgettext_lazy("mailing", "Approve"), style="primary"),
    Transition(
        "remark",
        ("in_review",),
        "in_review",
        _("Ask for changes"),
        question=_("Say what is to be changed; the authors receive it by mail."),
    ),
    Transition(
        "withdraw",
        ("in_review", "approved", "scheduled"),
        "in_review",
        _("Withdraw my approval"),
        question=_("Nothing leaves without it. Say why."),
        style="danger",
    ),
    Transition(
        "withdraw",
        ("sending", "paused"),
        "paused",
        _("Withdraw my approval"),
        question=_("Sending stops at once. What has left cannot be called back. Say why."),
        style="danger",
    ),
    Transition("revise", ("draft", "in_review", "approved", "scheduled"), "draft"),
    Transition("attach", ("draft", "in_review", "approved", "scheduled"), "draft"),
    Transition("detach", ("draft", "in_review", "approved", "scheduled"), "draft"),
    Transition(
        "schedule",
        ("approved",),
        "scheduled",
        _("Schedule"),
        question=_("At this moment, Brussels time, it leaves by itself."),
        style="primary",
        by_itself=True,
    ),
    Transition(
        "schedule",
        ("scheduled",),
        "scheduled",
        pgettext_lazy("mailing", "Change the moment"),
        question=_("At this moment, Brussels time, it leaves by itself."),
    ),
    Transition("start", ("scheduled",), "sending", by_itself=True),
    Transition(
        "pause",
        ("sending",),
        "paused",
        pgettext_lazy("mailing", "Pause"),
        question=_("What has left has left; the others wait until you resume."),
        by_itself=True,
    ),
    Transition(
        "resume",
        ("paused",),
        "sending",
        pgettext_lazy("mailing", "Resume"),
        question=_("The others receive it now."),
        style="primary",
    ),
    Transition("finish", ("sending",), "sent", by_itself=True),
    Transition(
        "cancel",
        ("draft", "in_review", "approved", "scheduled", "sending", "paused"),
        "cancelled",
        pgettext_lazy("mailing", "Cancel"),
        question=_("Nothing more leaves, and it cannot be taken up again. Say why."),
        style="danger",
    ),
    Transition("expire", ("in_review", "approved", "scheduled"), "expired", by_itself=True),
)
