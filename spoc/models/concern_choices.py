"""The stored codes of concerns, relay notes and answers; labels are translated, codes never change."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubportal.accounts.models import Role


class ConcernStatus(models.TextChoices):
    """States of a concern."""

    RAISED = "raised", pgettext_lazy("concern", "raised")
    QUALIFIED = "qualified", pgettext_lazy("concern", "qualified")
    RELAYED = "relayed", pgettext_lazy("concern", "relayed")
    ANSWERED = "answered", pgettext_lazy("concern", "answered")
    CLOSED = "closed", pgettext_lazy("concern", "closed")
    NOT_RELAYED = "not_relayed", pgettext_lazy("concern", "not relayed")
    WITHDRAWN = "withdrawn", pgettext_lazy("concern", "withdrawn")


class Urgency(models.TextChoices):
    """How soon a commune needs an answer."""

    NORMAL = "normal", pgettext_lazy("urgency", "normal")
    URGENT = "urgent", pgettext_lazy("urgency", "urgent")


class TextLanguage(models.TextChoices):
    """The language in which a commune wrote, and in which it is answered."""

    FR = "fr", "Français"
    NL = "nl", "Nederlands"


class NoteStatus(models.TextChoices):
    """States of a relay note."""

    DRAFT = "draft", pgettext_lazy("relay note", "draft")
    SENT = "sent", pgettext_lazy("relay note", "sent")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("relay note", "acknowledged")
    PARTLY_ANSWERED = "partly_answered", pgettext_lazy("relay note", "partly answered")
    ANSWERED = "answered", pgettext_lazy("relay note", "answered")
    CLOSED = "closed", pgettext_lazy("relay note", "closed")
    DROPPED = "dropped", pgettext_lazy("relay note", "discarded")


class Addressee(models.TextChoices):
    """To whom a note is written."""

    TASKFORCE = "taskforce", _("the regional task force")
    CABINET = "cabinet", _("the cabinet")
    ADMINISTRATION = "administration", _("an administration")


class AnswerStatus(models.TextChoices):
    """States of an answer to a note."""

    GIVEN = "given", pgettext_lazy("answer", "given, not published")
    PUBLISHED = "published", pgettext_lazy("answer", "published")
    SUPERSEDED = "superseded", pgettext_lazy("answer", "replaced by a newer one")
    WITHDRAWN = "withdrawn", pgettext_lazy("answer", "withdrawn")


class FellOut(models.TextChoices):
    """Why a concern left a note before it was sent: what it had become."""

    ANSWERED = "answered", _("answered already")
    CLOSED = "closed", _("closed")
    NOT_RELAYED = "not_relayed", _("not to be relayed")
    WITHDRAWN = "withdrawn", _("withdrawn by the commune")


class NoteReminderKind(models.TextChoices):
    """Why somebody is reminded of a note."""

    SOON = "soon", _("soon due")
    DUE = "due", _("due today")
    LATE = "late", _("late")


class ConcernReminderKind(models.TextChoices):
    """Who is reminded that nobody has qualified a concern; the numbers are business days."""

    SPOC = "unqualified_3", _("not qualified yet, to the SPOC")
    LEAD = "unqualified_5", _("not qualified yet, to a lead")


CONCERN_OPEN: Final = (
    *(ConcernStatus.RAISED, ConcernStatus.QUALIFIED, ConcernStatus.RELAYED),
    ConcernStatus.ANSWERED,
)
"""Raised and not ended: an answered one waits for its raiser's word."""
UNANSWERED: Final = (ConcernStatus.RAISED, ConcernStatus.QUALIFIED, ConcernStatus.RELAYED)
"""The commune waits for an answer."""
MAY_BE_ANSWERED_ANEW: Final = (ConcernStatus.ANSWERED, ConcernStatus.QUALIFIED)
"""A newer answer of the Region to what it answered before is passed on from here: the commune may have reopened it."""
WITH_SPOC: Final = (ConcernStatus.RAISED, ConcernStatus.QUALIFIED)
"""Not relayed yet: the SPOC owes the next step."""
NOTE_WAITS: Final = (NoteStatus.SENT, NoteStatus.ACKNOWLEDGED, NoteStatus.PARTLY_ANSWERED)
"""The addressee owes an answer by the note's day."""
NOTE_SENT: Final = (*NOTE_WAITS, NoteStatus.ANSWERED, NoteStatus.CLOSED)
"""It left: its words are frozen."""
NOTE_UNSENT: Final = (NoteStatus.DRAFT, NoteStatus.DROPPED)
"""It never left: it has no number, and only the agency reads it."""
ADDRESSED_ROLES: Final = {Addressee.TASKFORCE: Role.TASKFORCE, Addressee.CABINET: Role.CABINET}
"""Whose holders of today are the addressee; for an administration staff record what it says."""
STAFF: Final = frozenset({Role.SPOC, Role.EDITOR, Role.LEAD})
"""Who may record what an addressee said, with the document it stands in."""
FEWEST: Final = 3
"""Fewer communes than this are not counted for another commune: a confidential concern would be guessed."""
