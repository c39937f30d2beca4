"""Telling the other party of comments: one mail for all that somebody wrote, once they have paused."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from conventions import emails
from conventions.models import Comment

PAUSE: Final = timedelta(minutes=15)
"""How long nobody of a party has commented on an agreement before the other one is told."""


def due(now: datetime) -> list[tuple[str, int, str]]:
    """Return of which agreements (their column and key) and of which party there are comments to tell of."""
    found = []
    for owner in ("convention", "amendment"):
        rows = Comment.objects.untold(now).filter(**{f"{owner}__isnull": False}).order_by()
        late = rows.filter(at__gt=now - PAUSE).values_list(owner, "party")
        keys = set(rows.values_list(owner, "party")) - set(late)
        found += [(owner, key, party) for key, party in sorted(keys)]
    return found


@transaction.atomic
def tell(owner: str, key: int, party: str, now: datetime) -> int:
    """Write the mails about one agreement; the same comments are told of once. Returns how many comments."""
    rows = Comment.objects.untold(now).filter(**{owner: key, "party": party}).order_by("at", "pk")
    comments = list(rows.select_for_update(of=("self",)).select_related("author"))
    if not comments:
        return 0
    emails.comments(comments[0].agreement, comments, party)
    Comment.objects.filter(pk__in=[row.pk for row in comments]).update(told_at=now)
    return len(comments)
