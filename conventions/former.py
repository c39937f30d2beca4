"""The texts that an article had, newest first, each with what changed since the one before."""

from itertools import zip_longest
from typing import Final, NamedTuple

from conventions.models import AmendmentArticle, ArticleRevision
from conventions.models.article import ArticleText
from hubportal.accounts.models import User
from hubportal.changes import Change, changes

SHOWN: Final = 20
LANGUAGES: Final = ("fr", "nl")

Sides = list[tuple[str, list[Change]]]
"""What changed in each language, line by line; no lines where only the other one changed."""


class Former(NamedTuple):
    """A text that was kept; `rows` are title and body, as far as they changed."""

    revision: ArticleRevision
    before: ArticleRevision | None
    rows: list[Sides]


def former(article: ArticleText, user: User) -> tuple[list[Former], int]:
    """Return the last texts of an article, and how many there are in all: two queries."""
    part = "amendment_article" if isinstance(article, AmendmentArticle) else "article"
    rows = ArticleRevision.objects.visible_to(user).filter(**{part: article.pk})
    newest = list(rows.select_related("by").order_by("-at", "-pk")[: SHOWN + 1])
    found = [Former(row, before, _changed(before, row)) for row, before in zip_longest(newest, newest[1:])]
    return found[:SHOWN], rows.count()


def _changed(before: ArticleRevision | None, after: ArticleRevision) -> list[Sides]:
    if before is None:
        return []
    fields = [
        [(side, changes(_text(before, field, side), _text(after, field, side))) for side in LANGUAGES]
        for field in ("title", "body")
    ]
    return [sides for sides in fields if any(lines for _, lines in sides)]


def _text(revision: ArticleRevision, field: str, side: str) -> str:
    text: str = getattr(revision, f"{field}_{side}")
    return text
