"""How the states of this app are shown: the stored ones, and those that follow from dates."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubportal.look.states import State, StateTables

_WRITTEN: Final = {
    "draft": State("", "draft", _("Draft")),
    "negotiation": State("wait", "progress", _("In negotiation")),
    "to_sign": State("wait", "pen", _("To sign")),
}
_ABANDONED: Final = State("done", "cross", _("Abandoned"))

STATES: StateTables = {
    "convention": {
        "none": State("bad", "alert", _("No convention")),
        **_WRITTEN,
        "signed": State("good", "pen", _("Signed")),
        "upcoming": State("info", "cal", _("In force later")),
        "in_force": State("good", "done", _("In force")),
        "notice": State("wait", "hourglass", _("Notice period")),
        "expired": State("bad", "alert", _("Expired")),
        "superseded": State("done", "sent", _("Replaced")),
        "terminated": State("bad", "cross", _("Terminated")),
        "abandoned": _ABANDONED,
    },
    "amendment": {
        **_WRITTEN,
        "signed": State("good", "pen", pgettext_lazy("amendment", "Signed")),
        "abandoned": _ABANDONED,
    },
}
