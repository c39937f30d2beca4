"""The lifecycle of a steering meeting: planned, perhaps moved, then held with its minutes, or cancelled."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubportal.workflow import Transition

TRANSITIONS: Final = (
    Transition(
        "hold",
        ("planned",),
        "held",
        pgettext_lazy("meeting", "Write the minutes"),
        question=_("What was said, and what was decided? The other party gets a mail."),
        style="primary",
    ),
    Transition(
        "prepare",
        ("planned",),
        "planned",
        pgettext_lazy("meeting", "Change the agenda"),
        question=_("Who is invited, and what is to be talked about? Both parties read it."),
    ),
    Transition(
        "move",
        ("planned",),
        "planned",
        pgettext_lazy("meeting", "Move it"),
        question=_("When or where does it take place instead, and why? The other party gets a mail."),
    ),
    Transition(
        "cancel",
        ("planned",),
        "cancelled",
        pgettext_lazy("meeting", "Cancel it"),
        question=_("It does not take place: say why. The other party gets a mail."),
        style="danger",
    ),
    Transition(
        "correct",
        ("held",),
        "held",
        pgettext_lazy("meeting", "Correct the minutes"),
        question=_("What stands there now is kept in the history."),
    ),
)
