"""By when an edition of a rhythm must be ready, in words; nothing here reads the database after `with_review`."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from hubportal.look.dates import hour, long_date
from mailings.models import Mailing, Status
from mailings.models.patience import open_run

_WORDS: Final[dict[str, Any]] = {
    Status.DRAFT: _("It is due to leave on %(day)s, %(hour)s."),
    Status.IN_REVIEW: _(
        "With both approvals it leaves by itself on %(day)s, %(hour)s; without them, it does not."
    ),
    Status.APPROVED: _("What is not scheduled on %(day)s, %(hour)s, does not leave."),
}


def due_words(mailing: Mailing) -> str:
    """Return when it must be ready; empty for what is of no rhythm, or needs nothing more."""
    run, words = open_run(mailing), _WORDS.get(mailing.status)
    if run is None or words is None:
        return ""
    return str(words) % {"day": long_date(run.leaves_at), "hour": hour(run.leaves_at)}


def with_due(text: Any, mailing: Mailing) -> str:
    """Return what a person does now, and by when."""
    return " ".join(filter(None, (str(text), due_words(mailing))))
