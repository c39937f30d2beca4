"""Concerns, relay notes and answers in numbers, from the same rows that the reader's lists show.

Nothing is counted of what a reader may not see, but how far a theme reaches: others' communes in whole threes
(`spoc.models.touched`).
"""

from collections.abc import Iterator
from datetime import date, timedelta
from statistics import median
from typing import Any, Final, NamedTuple

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from hubportal.accounts.models import User
from spoc import deadlines
from spoc.faq.filters import PLACES
from spoc.figures import days_between
from spoc.models import Answer, Concern, ConcernTheme, RelayNote
from spoc.models.answer_queryset import follows_answers
from spoc.models.touched import NOBODY, Touched

LATELY: Final = 365
"""Days that count unless a year is asked for."""


class Days(NamedTuple):
    """How many of some took how long: `wait` is the median number of business days, None without any."""

    number: int
    wait: float | None


class Theme(NamedTuple):
    """What is open of a theme: concerns that the reader may see, and how far all of them reach."""

    theme: ConcernTheme
    open: int
    reach: Touched


class Place(NamedTuple):
    """How many answers are where, and the state by which the list shows them; empty: the questions for all."""

    state: str
    label: Any
    number: int


class Figures(NamedTuple):
    """All of them, as one reader may know them; `None`: not for this reader."""

    raised: int
    relayed: Days
    told: Days
    notes: Days | None
    waiting: int
    late: int
    themes: list[Theme]
    places: list[Place]


def figures(user: User, year: int | None = None) -> Figures:
    """Return the figures of what was raised, and sent, in a year, or of late: as many queries whatever there is."""
    first, last = period(year)
    concerns = Concern.objects.visible_to(user)
    lately = concerns.filter(raised_at__gte=first, raised_at__lt=last)
    notes = RelayNote.objects.visible_to(user).sent()
    sent = notes.filter(sent_at__gte=first, sent_at__lt=last)
    return Figures(
        raised=lately.count(),
        relayed=_took(lately, "raised_at", "relayed_at"),
        told=_took(lately, "raised_at", "answered_at"),
        notes=_took(sent, "sent_at", "answered_at") if follows_answers(user) else None,
        waiting=notes.waiting().count(),
        late=notes.late().count(),
        themes=list(_themes(user, concerns)),
        places=list(_places(user)),
    )


def period(year: int | None) -> tuple[Any, Any]:
    """Return the first moment that counts, and the first one after the last: of a year, or of late."""
    today = timezone.localdate()
    if year is None:
        return deadlines.start_of(today - timedelta(days=LATELY)), deadlines.start_of(
            today + timedelta(days=1)
        )
    return deadlines.start_of(date(year, 1, 1)), deadlines.start_of(date(year + 1, 1, 1))


def years(user: User) -> list[int]:
    """Return the years in which something was raised or sent that a person may see, the last one first."""
    raised = (
        Concern.objects.visible_to(user).order_by("raised_at").values_list("raised_at", flat=True).first()
    )
    sent = (
        RelayNote.objects.visible_to(user)
        .sent()
        .order_by("sent_at")
        .values_list("sent_at", flat=True)
        .first()
    )
    known = [timezone.localdate(moment).year for moment in (raised, sent) if moment]
    return list(range(timezone.localdate().year, min(known) - 1, -1)) if known else []


def _took(rows: Any, begun: str, ended: str) -> Days:
    """Return how many came to their end, and after how many business days: counted by days in the database."""
    by_days = (
        rows.filter(**{f"{ended}__isnull": False}).order_by().values_list(TruncDate(begun), TruncDate(ended))
    )
    found: list[int] = []
    count = 0
    for first, last, number in by_days.annotate(number=Count("*")):
        count += number
        if (days := days_between(first, last)) is not None:
            found += [days] * number
    return Days(count, median(found) if found else None)


def _themes(user: User, visible: Any) -> Iterator[Theme]:
    """Yield the themes of which something is open, as far as the reader may know it."""
    known, reached = visible.open().count_by_theme(), Concern.objects.all().touched_by_theme(user)
    for theme in ConcernTheme.objects.visible_to(user):
        reach = reached.get(theme.pk, NOBODY)
        if known.get(theme.pk) or reach.communes:
            yield Theme(theme, known.get(theme.pk, 0), reach)


def _places(user: User) -> Iterator[Place]:
    """Yield how many answers are where: of those for all, and of each state that the reader follows."""
    rows = Answer.objects.visible_to(user)
    yield Place("", "", rows.faq().count())
    for state, (label, narrowed) in PLACES.items() if follows_answers(user) else ():
        yield Place(state, label, narrowed(rows).count())
