"""The lifecycle of a measure: proposed by one party, agreed to by the other, then done, or dropped with a reason."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubportal.workflow import Transition

TRANSITIONS: Final = (
    Transition(
        "agree",
        ("proposed",),
        "agreed",
        pgettext_lazy("measure", "Agree"),
        question=_("Both parties count on it from now on."),
        style="primary",
    ),
    Transition(
        "counter",
        ("proposed",),
        "proposed",
        pgettext_lazy("measure", "Propose another day"),
        question=_("You agree, but by another day: the other party gets a mail, and agrees or changes it."),
    ),
    Transition(
        "change",
        ("proposed",),
        "proposed",
        pgettext_lazy("measure", "Change it"),
        question=_("Nobody has agreed yet: the other party gets a mail with what you change, and agrees."),
    ),
    Transition(
        "start",
        ("agreed",),
        "running",
        pgettext_lazy("measure", "It has begun"),
        question=_("The other party sees that it has begun."),
    ),
    Transition(
        "finish",
        ("agreed", "running"),
        "done",
        pgettext_lazy("measure", "It is done"),
        question=_("On which day was it done? What is worth knowing of it?"),
        style="primary",
    ),
    Transition(
        "postpone",
        ("agreed",),
        "agreed",
        pgettext_lazy("measure", "Move the day"),
        question=_("By which day, and why? The other party gets a mail."),
    ),
    Transition(
        "postpone",
        ("running",),
        "running",
        pgettext_lazy("measure", "Move the day"),
        question=_("By which day, and why? The other party gets a mail."),
    ),
    Transition(
        "drop",
        ("proposed", "agreed", "running"),
        "dropped",
        pgettext_lazy("measure", "Drop it"),
        question=_("Say why. The other party gets a mail."),
        style="danger",
    ),
    Transition(
        "take_up",
        ("done", "dropped"),
        ("proposed", "agreed"),
        pgettext_lazy("measure", "Take it up again"),
        question=_("It is to be done after all."),
    ),
)
