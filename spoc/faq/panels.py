"""What answers of the Region show at home: what waits for a lead or an addressee; to communes, what is new."""

from datetime import timedelta
from typing import Any, Final

from django.db.models import Value
from django.utils import timezone

from hubportal.accounts.models import User
from hubportal.accounts.roles import OUTSIDE_ROLES
from hubportal.dashboard.panels import Panel
from spoc.faq.filters import PLACES
from spoc.faq.list_views import answers_for
from spoc.faq.words import side
from spoc.listing import together
from spoc.models.answer_queryset import AnswerQuerySet, follows_answers, reads_answers
from spoc.models.parties import is_lead

SHOWN: Final = 3
NEW: Final = 60
"""Days for which an answer is new."""


def home(user: User) -> list[Panel]:
    """Return the panels of a person's home page: one query each."""
    if is_lead(user):
        return _to_do(user, answers_for(user), ("to_publish", "to_complete", "to_review"))
    if user.has_role(*OUTSIDE_ROLES):
        return _to_do(user, answers_for(user).addressed_to(user), ("to_complete", "to_review"))
    return _new(user) if reads_answers(user) and not follows_answers(user) else []


def _to_do(user: User, rows: AnswerQuerySet, places: tuple[str, ...]) -> list[Panel]:
    """Show what waits for a person, by place; nothing where nothing does."""
    parts = []
    for place in places:
        narrowed = PLACES[place][1](rows)
        parts.append(narrowed.annotate(place=Value(place)).order_by("given_at", "pk")[: SHOWN + 1])
    found: dict[str, list[Any]] = {place: [] for place in places}
    for row in together(parts, "given_at", "pk"):
        found[row.place].append((row, row.heading_for(user)))
    groups = [
        {"place": place, "title": PLACES[place][0], "lines": lines[:SHOWN], "has_more": len(lines) > SHOWN}
        for place, lines in found.items()
        if lines
    ]
    return [Panel("spoc/faq/panels/to_do.html", {"groups": groups}, "main", 9)] if groups else []


def _new(user: User) -> list[Panel]:
    """Show what the Region answered to all communes of late."""
    since = timezone.now() - timedelta(days=NEW)
    found = list(answers_for(user).faq().filter(opened_at__gte=since)[:SHOWN])
    return [Panel("spoc/faq/panels/new.html", {"rows": found, "side": side()}, "main", 14)] if found else []
