"""The stored codes of a service request; labels are translated, codes never change."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from conventions.models import Service


class Kind(models.TextChoices):
    """The three services of the partnership; the codes are those of a convention's themes."""

    AUDIT = Service.AUDIT.value, _("Audit and diagnosis")
    DEVELOPMENT = Service.DEVELOPMENT.value, _("Economic and commercial development")
    CHANTIER = Service.CHANTIER.value, _("Support during roadworks")


class Direction(models.TextChoices):
    """Which party asks the other: requests go both ways."""

    TO_AGENCY = "to_agency", _("the commune asks the agency")
    TO_COMMUNE = "to_commune", _("the agency asks the commune")


class Status(models.TextChoices):
    """States of a request."""

    DRAFT = "draft", pgettext_lazy("request", "draft")
    SUBMITTED = "submitted", pgettext_lazy("request", "submitted")
    ACCEPTED = "accepted", pgettext_lazy("request", "accepted")
    IN_PROGRESS = "in_progress", pgettext_lazy("request", "in progress")
    WAITING_REQUESTER = "waiting_requester", pgettext_lazy("request", "waiting for the requester")
    DELIVERED = "delivered", pgettext_lazy("request", "delivered, to confirm")
    CLOSED = "closed", pgettext_lazy("request", "closed")
    DECLINED = "declined", pgettext_lazy("request", "declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("request", "withdrawn")


class Outcome(models.TextChoices):
    """How a request ended; kept apart from its state."""

    SOLVED = "solved", _("solved")
    PARTLY_SOLVED = "partly_solved", _("partly solved")
    REDIRECTED = "redirected", _("redirected")
    NOT_FEASIBLE = "not_feasible", _("not feasible")
    NO_NEWS = "no_news", _("no news from the requester")


class Usefulness(models.TextChoices):
    """The requester's answer to the one question: was it useful?"""

    YES = "yes", pgettext_lazy("useful", "Yes")
    PARTLY = "partly", pgettext_lazy("useful", "Partly")
    NO = "no", pgettext_lazy("useful", "No")


class DeclineReason(models.TextChoices):
    """Why the responding party does not take a request on."""

    NOT_COVERED = "not_covered", _("not covered by the partnership")
    ALREADY_ASKED = "already_asked", _("asked already")
    NOT_HELD = "not_held", _("we do not hold what is asked")
    NO_CAPACITY = "no_capacity", _("no capacity in the time asked")
    OTHER = "other", pgettext_lazy("reason", "other")


class Side(models.TextChoices):
    """The two parties of every request."""

    AGENCY = "agency", _("the agency")
    COMMUNE = "commune", _("the commune")


def other_side(side: str) -> Side:
    """Return the party that a party deals with."""
    return Side.COMMUNE if side == Side.AGENCY else Side.AGENCY


class Sharing(models.TextChoices):
    """Who may have what was delivered."""

    COMMUNE = "commune", _("only the commune and the agency")
    ALL = "all", _("the 19 communes")
    PUBLIC = "public", pgettext_lazy("sharing", "everybody")


class Phase(models.TextChoices):
    """When a measure is taken: before, during or after the works, or what else the plan is about."""

    BEFORE = "before", pgettext_lazy("phase", "before")
    DURING = "during", pgettext_lazy("phase", "during")
    AFTER = "after", pgettext_lazy("phase", "after")


class Anchor(models.TextChoices):
    """From which day the days of a standard measure are counted."""

    START = "start", _("the start")
    END = "end", _("the end")


class MeasureStatus(models.TextChoices):
    """States of a measure."""

    PROPOSED = "proposed", pgettext_lazy("measure", "proposed")
    AGREED = "agreed", pgettext_lazy("measure", "agreed")
    RUNNING = "running", pgettext_lazy("measure", "running")
    DONE = "done", pgettext_lazy("measure", "done")
    DROPPED = "dropped", pgettext_lazy("measure", "dropped")


class MeetingStatus(models.TextChoices):
    """States of a steering meeting of a request."""

    PLANNED = "planned", pgettext_lazy("meeting", "planned")
    HELD = "held", pgettext_lazy("meeting", "held")
    CANCELLED = "cancelled", pgettext_lazy("meeting", "cancelled")


OPEN: Final = (
    *(Status.SUBMITTED, Status.ACCEPTED, Status.IN_PROGRESS),
    *(Status.WAITING_REQUESTER, Status.DELIVERED),
)
"""Submitted and not ended."""
CLOCK_RUNS: Final = (Status.SUBMITTED, Status.ACCEPTED, Status.IN_PROGRESS)
"""The responding party owes something by `due_on`."""
TAKEN_ON: Final = (Status.ACCEPTED, Status.IN_PROGRESS, Status.WAITING_REQUESTER, Status.DELIVERED)
"""Somebody is in charge."""
DELIVERABLE_OUTCOMES: Final = (
    Outcome.SOLVED,
    Outcome.PARTLY_SOLVED,
    Outcome.REDIRECTED,
    Outcome.NOT_FEASIBLE,
)
"""What a person may propose or confirm; "no news" is the portal's own word."""
TO_DO: Final = (MeasureStatus.AGREED, MeasureStatus.RUNNING)
"""The responsible party of a measure owes it by its day."""
COUNTED: Final = (*TO_DO, MeasureStatus.DONE)
"""What a plan has to carry out: what was agreed to and not dropped."""
CLOSING_OUTCOMES: Final = (Outcome.REDIRECTED, Outcome.NOT_FEASIBLE)
"""How a request may be closed without anything delivered."""
