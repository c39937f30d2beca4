"""What a convention comes to, by its dates: its end, or the last day for notice."""

from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from conventions.months import months_after

if TYPE_CHECKING:
    from conventions.models.convention import Convention

MONTHS: Final = (6, 3, 1)
"""How long ahead it is announced."""


class Kind(models.TextChoices):
    """What comes."""

    NOTICE = "notice", _("last day to give notice")
    END = "end", _("last day of the convention")


class Due(NamedTuple):
    """An alert that is due: of which kind, how many months ahead, of which day."""

    kind: str
    months: int
    due_on: date


def coming(convention: "Convention", day: date) -> Due | None:
    """Return what a convention in force comes to within the longest of MONTHS: the end, or the day for notice.

    None when that is far, or its successor is signed. Reads `successor`: select it.
    """
    found = _target(convention, day)
    come = [months for months in MONTHS if found and months_after(found[1], -months) <= day]
    return Due(found[0], min(come), found[1]) if found and come else None


def _target(convention: "Convention", day: date) -> tuple[str, date] | None:
    successor = getattr(convention, "successor", None)
    if not convention.is_in_force(day) or (successor is not None and successor.signed_on is not None):
        return None
    deadline = convention.deadline(day)
    if deadline is not None:
        return Kind.NOTICE.value, deadline
    return (Kind.END.value, convention.in_force_until) if convention.in_force_until else None
