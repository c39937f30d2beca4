"""The lifecycle of a service request: the table of the design, line by line."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubportal.workflow import Transition
from spoc.models.choices import TAKEN_ON

TRANSITIONS: Final = (
    Transition(
        "submit",
        ("draft",),
        "submitted",
        _("Submit"),
        question=_("Once submitted, the request has a reference and the other party is told."),
        style="primary",
    ),
    Transition(
        "accept",
        ("submitted",),
        "accepted",
        pgettext_lazy("request", "Accept"),
        question=_("Who takes it on, and by when will something be delivered?"),
        style="primary",
    ),
    Transition(
        "decline",
        ("submitted", "accepted"),
        "declined",
        pgettext_lazy("request", "Decline"),
        question=_("The requester reads the reason. Write in their language."),
        style="danger",
    ),
    *(
        Transition(
            "reassign",
            (status,),
            status,
            _("Put somebody else in charge"),
            question=_(
                "Who goes on with it? They get a mail, and the requester reads whom they deal with now."
            ),
        )
        for status in TAKEN_ON
    ),
    Transition(
        "start",
        ("accepted",),
        "in_progress",
        _("Start work"),
        question=_("The requester sees that work has begun."),
        style="primary",
    ),
    Transition(
        "ask",
        ("accepted", "in_progress"),
        "waiting_requester",
        _("Ask a question"),
        question=_("The clock stands still until the requester answers. Write in their language."),
    ),
    Transition(
        "resume",
        ("waiting_requester",),
        "in_progress",
        _("Resume without an answer"),
        question=_("The clock runs again. An answer of the requester does this by itself."),
        by_itself=True,
    ),
    Transition(
        "deliver",
        ("in_progress",),
        "delivered",
        _("Deliver"),
        question=_("Add what you deliver, unless it is there already, and propose an outcome."),
        style="primary",
    ),
    Transition(
        "confirm",
        ("delivered",),
        "closed",
        pgettext_lazy("request", "Confirm"),
        question=_("Was it useful? Your answer closes the request."),
        style="primary",
        by_itself=True,
    ),
    Transition(
        "close",
        ("in_progress",),
        "closed",
        _("Close without delivering"),
        question=_("Redirected or not feasible: say to the requester what happens now."),
        style="danger",
    ),
    Transition("give_up", ("waiting_requester",), "closed", by_itself=True),
    Transition(
        "reopen",
        ("delivered", "closed"),
        "in_progress",
        pgettext_lazy("request", "Reopen"),
        question=_("Say what is still missing."),
    ),
    Transition(
        "withdraw",
        ("draft", "submitted", "accepted", "in_progress", "waiting_requester"),
        "withdrawn",
        pgettext_lazy("request", "Withdraw"),
        question=_("The request ends here. This cannot be undone."),
        style="danger",
    ),
)
