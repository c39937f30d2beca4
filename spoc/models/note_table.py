"""Which steps a relay note may take, from where to where."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubportal.workflow import Transition

NOTE_TRANSITIONS = (
    Transition(
        "send",
        ("draft",),
        "sent",
        _("Send the note"),
        question=_("It gets its number and leaves as it is now; afterwards nothing of it changes."),
        style="primary",
    ),
    Transition(
        "drop",
        ("draft",),
        "dropped",
        _("Discard the draft"),
        question=_("It never leaves. Its concerns stay qualified: another note can take them up."),
        style="danger",
    ),
    Transition(
        "acknowledge",
        ("sent",),
        "acknowledged",
        _("Acknowledge receipt"),
        question=_("It says that the note arrived; the answer comes later."),
        style="primary",
    ),
    Transition(
        "answer",
        ("sent", "acknowledged", "partly_answered", "answered"),
        ("partly_answered", "answered"),
        _("Answer"),
        question=_("An item, or one concern of it."),
        style="primary",
    ),
    # After an answer was withdrawn; it is offered on no screen.
    Transition(
        "recount",
        ("acknowledged", "partly_answered", "answered"),
        ("acknowledged", "partly_answered", "answered"),
        by_itself=True,
    ),
    Transition(
        "close",
        ("sent", "acknowledged", "partly_answered", "answered"),
        "closed",
        pgettext_lazy("relay note", "Close"),
        question=_("Concerns without an answer go back to their SPOC."),
        style="danger",
    ),
)
