"""The codes of this app, and who may write and who approves."""

from typing import Final

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.roles import Role


class Status(models.TextChoices):
    """States of an edition."""

    DRAFT = "draft", pgettext_lazy("mailing", "draft")
    IN_REVIEW = "in_review", pgettext_lazy("mailing", "in review")
    APPROVED = "approved", pgettext_lazy("mailing", "approved")
    SCHEDULED = "scheduled", pgettext_lazy("mailing", "scheduled")
    SENDING = "sending", pgettext_lazy("mailing", "being sent")
    PAUSED = "paused", pgettext_lazy("mailing", "paused")
    SENT = "sent", pgettext_lazy("mailing", "sent")
    CANCELLED = "cancelled", pgettext_lazy("mailing", "cancelled")
    EXPIRED = "expired", pgettext_lazy("mailing", "expired")


class CrashPolicy(models.TextChoices):
    """What happens to the message that a dead worker may have sent."""

    HOLD = "hold", _("hold: a person decides, nobody receives it twice")
    RESEND = "resend", _("send again: nobody waits, somebody may receive it twice")

    @classmethod
    def of(cls, recipients: int) -> "CrashPolicy":
        """Return what suits so many recipients: of a few, a person settles the message in doubt; of many, nobody."""
        return cls.HOLD if recipients <= HELD else cls.RESEND


class Language(models.TextChoices):
    """The two sides of an edition."""

    FR = "fr", "Français"
    NL = "nl", "Nederlands"


class Capacity(models.TextChoices):
    """As what somebody signs."""

    AUTHOR = "author", _("author")
    AGENCY = "agency", _("agency")
    CABINET = "cabinet", _("cabinet")


class Decision(models.TextChoices):
    """What somebody said of a text."""

    SUBMITTED = "submitted", _("asked for approval")
    APPROVED = "approved", _("approved")
    REMARKED = "remarked", _("asked for changes")
    WITHDRAWN = "withdrawn", _("withdrew the approval")


class Verdict(models.TextChoices):
    """What a person finds out about a message of which nobody knew whether it left."""

    ARRIVED = "arrived", _("it arrived")
    AGAIN = "again", _("it is to be sent again")
    LOST = "lost", _("it did not arrive, and it is too late to send it again")


class GapCode(models.TextChoices):
    """Why somebody is not reached."""

    VACANT = "vacant", _("nobody holds the office")
    NO_ADDRESS = "no_address", _("the person has no address")
    SUPPRESSED = "suppressed", _("the address was stopped")


FOUND_ARRIVED: Final = "a person found that it arrived"
LINK_USED: Final = "its link was used to acknowledge it"
"""Our own words in place of a relay's, as rows keep them (`replies` tells them in the reader's language)."""
HELD: Final = 500
"""Recipients up to which a message that a dead worker may have sent is held until a person decides."""
LANGUAGES: Final = tuple(Language.values)
FROZEN: Final = (Status.SENDING.value, Status.PAUSED.value, Status.SENT.value)
"""States in which the text and the recipients are fixed."""
UNDER_WAY: Final = (Status.SENDING.value, Status.SENT.value)
"""States in which a message may leave: after the last one, only what a person decided to send again."""
WRITERS: Final = (Role.EDITOR,)
STEERERS: Final = (Role.EDITOR, Role.LEAD)
"""Who may pause, resume, cancel, and who approves for the agency."""
BOTH: Final = "fr,nl"
"""Language of a message to somebody whose language is unknown."""
_BOTH_SIDES: Final = "both"
SIDES: Final = (*LANGUAGES, _BOTH_SIDES)
"""The forms of a letter, as addresses and pages name them."""


def side_of(language: str) -> str:
    """Return how addresses and pages name the letter of a language, or of BOTH."""
    return _BOTH_SIDES if language == BOTH else language


def language_of(side: str) -> str:
    """Return the language, or BOTH, of what addresses and pages call so."""
    return BOTH if side == _BOTH_SIDES else side


def text_language() -> str:
    """Return the language in which titles and texts are shown: that of the page, as far as editions have it."""
    return Language.NL.value if get_language() == Language.NL else Language.FR.value
