"""How the states of this app are shown."""

from django.utils.translation import gettext_lazy as _

from hubportal.look.states import State, StateTables

STATES: StateTables = {
    "association": {
        "planned": State("info", "hourglass", _("Planned")),
        "active": State("good", "done", _("Active")),
        "dormant": State("", "pause", _("Dormant")),
    }
}
