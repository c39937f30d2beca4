"""What people write to a request that is no step: who may, which form asks for it, which method keeps it."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from spoc.forms import DeliverableForm
from spoc.models import ServiceRequest
from spoc.step_form import StepForm
from spoc.writing_forms import IntroduceForm, MessageForm, NoteForm


class Writing(NamedTuple):
    """Something to write, with its page: the title, what is asked, the form; `done` is said afterwards."""

    label: str | Promise
    question: str | Promise
    form: type[StepForm]
    may: Callable[[Any, User], bool]
    method: str
    done: str | Promise
    style: str = "primary"
    send: str | Promise = ""
    """What its button says, where that is not its title."""


WRITINGS: Final[Mapping[str, Writing]] = {
    "answer": Writing(
        _("Write to the other party"),
        _("Both parties read this, and the other one gets a mail. Write in their language."),
        MessageForm,
        ServiceRequest.can_be_answered_by,
        "write",
        _("The message was sent."),
        send=_("Send the message"),
    ),
    "introduce": Writing(
        _("Introduce to somebody"),
        _(
            "The commune and the person you choose get one mail with how to reach each other, and what you write here."
        ),
        IntroduceForm,
        ServiceRequest.can_be_introduced_by,
        "introduce",
        _("Both sides got a mail."),
    ),
    "note": Writing(
        _("Leave a note"),
        _("Only the agency reads this; it is in no mail."),
        NoteForm,
        ServiceRequest.can_be_noted_by,
        "write",
        _("The note was kept."),
    ),
    "deliverable": Writing(
        _("Add a deliverable"),
        _("A file, a link or a text. The requester can read it at once."),
        DeliverableForm,
        ServiceRequest.can_be_added_to_by,
        "hand_in",
        _("The deliverable was added."),
    ),
}
