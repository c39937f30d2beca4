"""What a reader does now about an answer of the Region, in one line: the same rules as the buttons, in words."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from spoc.models import Answer, AnswerStatus
from spoc.nextstep import NextStep, Words

_REVIEW: Final[Words] = (True, _("Your step: say whether it is still valid."))
_PUBLISH: Final[Words] = (True, _("Your step: publish it, after a second look."))
_COMPLETE: Final[Words] = (
    True,
    _("Your step: write what is missing. Both languages are needed before it is published."),
)
_THE_LEADS: Final[Words] = (False, _("Both languages are written: a lead publishes it."))
_PUBLISHED: Final[Words] = (False, _("Nothing to do: it is published."))


def next_step(row: Answer, user: User) -> NextStep | None:
    """Return what a person does now about an answer; None for who has no step to take with it."""
    if not row.next_steps(user):
        return None
    is_mine, text = _words(row, user)
    return NextStep(str(text), is_mine)


def _words(row: Answer, user: User) -> Words:
    if row.status == AnswerStatus.PUBLISHED:
        return _REVIEW if row.is_to_review() else _PUBLISHED
    if not row.is_complete:
        return _COMPLETE
    return _PUBLISH if row.can_be_publish_by(user) else _THE_LEADS
