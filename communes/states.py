"""How the states of this app are shown."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubportal.look.states import State, StateTables

STATES: StateTables = {
    "association": {
        "planned": State("info", "hourglass", _("Planned")),
        "active": State("good", "done", _("Active")),
        "dormant": State("", "pause", _("Dormant")),
    },
    "transition": {
        "draft": State("wait", "draft", pgettext_lazy("transition", "Prepared")),
        "applied": State("good", "done", pgettext_lazy("transition", "Applied")),
        "taken_back": State("done", "back", pgettext_lazy("transition", "Taken back")),
    },
}
