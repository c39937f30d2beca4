"""The lifecycle of an agreement: the table of the design, line by line."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from conventions.models.choices import BINDING
from hubportal.workflow import Transition

CYCLE: Final = (
    Transition(
        "share",
        ("draft",),
        "negotiation",
        pgettext_lazy("agreement", "Share with the commune"),
        question=_("The commune reads the text from now on, and comments on it."),
        style="primary",
    ),
    Transition(
        "agree",
        ("negotiation",),
        "negotiation",
        pgettext_lazy("agreement", "Agree to the text"),
        question=_("Any change of the text makes this void."),
    ),
    # A change of the text takes it: nobody is offered it.
    Transition("void_consent", ("negotiation",), "negotiation"),
    Transition(
        "freeze",
        ("negotiation",),
        "to_sign",
        pgettext_lazy("agreement", "Freeze the text for signing"),
        question=_("Nobody can change the text any more, unless it is sent back."),
        style="primary",
    ),
    Transition(
        "sign",
        ("to_sign",),
        ("to_sign", "signed"),
        pgettext_lazy("agreement", "Record a signature"),
        question=_(
            "People sign outside the portal. Record here who signed, when and how, with the signed PDF as evidence."
        ),
        style="primary",
    ),
    Transition(
        "send_back",
        ("to_sign",),
        "negotiation",
        pgettext_lazy("agreement", "Send back"),
        question=_("Signatures and agreements to the text are void. Say what must change."),
    ),
    Transition(
        "send_back",
        ("negotiation",),
        "draft",
        pgettext_lazy("agreement", "Send back"),
        question=_(
            "The text goes back to its authors, and the agreements to it are void. Say what must change."
        ),
    ),
    Transition(
        "abandon",
        ("draft", "negotiation", "to_sign"),
        "abandoned",
        pgettext_lazy("agreement", "Abandon"),
        question=_("It ends here, unsigned. This cannot be undone."),
        style="danger",
    ),
)
"""What conventions and amendments have in common."""

OF_A_CONVENTION: Final = (
    *CYCLE,
    Transition(
        "record",
        ("draft",),
        "signed",
        _("Record as signed"),
        question=_(
            "Nothing of it can be changed afterwards. A convention that is in force on its first day "
            "ends the day before."
        ),
    ),
    Transition(
        "renew",
        ("signed",),
        "signed",
        pgettext_lazy("agreement", "Renew"),
        question=_("A draft with the same articles and themes begins, to follow this convention."),
    ),
    Transition(
        "terminate",
        ("signed",),
        "terminated",
        _("Terminate"),
        question=_("The convention binds both parties until the last day that you write here."),
        style="danger",
    ),
    # The portal's own: the status stays, the last day moves.
    Transition("supersede", BINDING, BINDING, by_itself=True),
    Transition("extend", ("signed",), "signed", by_itself=True),
)
