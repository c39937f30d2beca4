"""Which steps an answer may take, from where to where."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubportal.workflow import Transition

ANSWER_TRANSITIONS = (
    Transition(
        "publish",
        ("given",),
        "published",
        _("Publish"),
        question=_("Both languages are complete. The SPOC of each commune then passes it on."),
        style="primary",
    ),
    Transition(
        "complete",
        ("given",),
        "given",
        _("Complete the text"),
        question=_("In French and in Dutch, neither a translation of the other."),
    ),
    Transition(
        "put_in_faq",
        ("published",),
        "published",
        _("Answer it for all communes"),
        question=_("Write the question in both languages, without saying who asked it."),
    ),
    Transition(
        "review",
        ("published",),
        "published",
        _("Still valid"),
        question=_("On which day is this to be asked again?"),
    ),
    Transition(
        "withdraw",
        ("given", "published"),
        "withdrawn",
        pgettext_lazy("answer", "Withdraw"),
        question=_("It is not valid any more: say why."),
        style="danger",
    ),
    # By a newer answer to the same; it is offered on no screen.
    Transition("supersede", ("given", "published"), "superseded", by_itself=True),
)
