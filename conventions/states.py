"""How the states of this app are shown: the stored ones, and those that follow from dates."""

from django.utils.translation import gettext_lazy as _

from hubportal.look.states import State, StateTables

STATES: StateTables = {
    "convention": {
        "none": State("bad", "alert", _("No convention")),
        "draft": State("", "draft", _("Draft")),
        "negotiation": State("wait", "progress", _("In negotiation")),
        "to_sign": State("wait", "pen", _("To sign")),
        "signed": State("good", "pen", _("Signed")),
        "upcoming": State("info", "cal", _("In force later")),
        "in_force": State("good", "done", _("In force")),
        "notice": State("wait", "hourglass", _("Notice period")),
        "expired": State("bad", "alert", _("Expired")),
        "superseded": State("done", "sent", _("Replaced")),
        "terminated": State("bad", "cross", _("Terminated")),
        "abandoned": State("done", "cross", _("Abandoned")),
    }
}
