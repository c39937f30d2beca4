"""Which steps a concern may take, from where to where."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubportal.workflow import Transition
from spoc.models.concern_choices import CONCERN_OPEN

CONCERN_TRANSITIONS = (
    Transition(
        "qualify",
        ("raised",),
        "qualified",
        pgettext_lazy("concern", "Qualify"),
        question=_("Theme and urgency are right, and it is clear what is asked."),
        style="primary",
    ),
    Transition(
        "requalify",
        ("qualified",),
        "qualified",
        pgettext_lazy("concern", "Qualify again"),
        question=_("Theme and urgency as they are now; it waits for a relay note, or for your answer."),
    ),
    *(
        Transition(
            "join_group",
            (status,),
            status,
            pgettext_lazy("concern", "Put into a group"),
            question=_("Others asked the same. Each concern stays whole, with its author and its thread."),
        )
        for status in ("raised", "qualified")
    ),
    *(
        Transition("leave_group", (status,), status, pgettext_lazy("concern", "Take out of its group"))
        for status in ("raised", "qualified")
    ),
    # By its commune, which makes confidential what a group names: while it is open, however far it went.
    *(Transition("fall_out_of_group", (status,), status, by_itself=True) for status in CONCERN_OPEN),
    Transition(
        "answer_locally",
        ("raised", "qualified"),
        "answered",
        _("Answer yourself"),
        question=_("The commune reads this answer; the Region is not asked."),
    ),
    Transition(
        "decline_relay",
        ("raised", "qualified"),
        "not_relayed",
        _("Do not relay"),
        question=_("Say to the commune why this is not passed on to the Region."),
        style="danger",
    ),
    # By the note that is sent; it is offered on no screen.
    Transition("relay", ("qualified",), "relayed"),
    # By a note that is closed without an answer for it, or whose last answer to it is withdrawn afterwards.
    Transition("hand_back", ("relayed",), "qualified", by_itself=True),
    # From "answered", or reopened since: the Region has answered anew.
    *(
        Transition(
            "answer",
            (status,),
            "answered",
            _("Pass on the answer"),
            question=_("Confirm the published answer, or say it in words that fit this commune."),
            style="primary",
        )
        for status in ("relayed", "answered", "qualified")
    ),
    Transition(
        "close",
        ("answered",),
        "closed",
        pgettext_lazy("concern", "Close"),
        question=_("The answer helps: nothing more is to be done."),
        style="primary",
        by_itself=True,
    ),
    Transition(
        "settle",
        ("raised", "qualified"),
        "closed",
        _("An answer settles it"),
        question=_("An answer that was published before answers this, too."),
    ),
    Transition(
        "reopen",
        ("answered", "closed", "not_relayed"),
        "qualified",
        pgettext_lazy("concern", "Reopen"),
        question=_("Say what is still open."),
    ),
    Transition(
        "withdraw",
        ("raised", "qualified"),
        "withdrawn",
        pgettext_lazy("concern", "Withdraw"),
        question=_("The concern ends here. This cannot be undone."),
        style="danger",
    ),
)
