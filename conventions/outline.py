"""How a convention begins: with the articles of the outline, or with those of the one that it follows."""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from conventions.models.article import Article, ArticleRevision
from hubportal.accounts.models import User

if TYPE_CHECKING:
    from conventions.models.convention import Convention

SOURCE: Final = Path(__file__).resolve().parent / "data" / "outline.json"


@cache
def articles() -> tuple[dict[str, Any], ...]:
    """Return the articles of the outline: key, title and body by language."""
    return tuple(json.loads(SOURCE.read_text(encoding="utf-8"))["articles"])


def fill(draft: "Convention", by: User) -> None:
    """Copy the outline into an empty draft."""
    _add(draft, by, ((row["key"], _texts(row)) for row in articles()))


def copy(source: "Convention", draft: "Convention", by: User) -> None:
    """Copy the articles and themes of a convention into an empty draft that follows it."""
    rows = source.articles.order_by("number")
    if rows.exists():
        _add(draft, by, ((row.key, row.texts) for row in rows))
    else:
        # A convention of the past was recorded without its text.
        fill(draft, by)
    for row in source.themes.order_by("pk"):
        draft.themes.create(theme_id=row.theme_id, **row.texts)


def _add(draft: "Convention", by: User, texts: Iterable[tuple[str, dict[str, str]]]) -> None:
    rows = Article.objects.bulk_create(
        Article(convention=draft, number=number, key=key, **text)
        for number, (key, text) in enumerate(texts, start=1)
    )
    ArticleRevision.objects.bulk_create(
        ArticleRevision(
            convention=draft,
            article=row,
            by=by,
            kind="added",
            number=row.number,
            version=row.version,
            **row.texts,
        )
        for row in rows
    )


def _texts(row: dict[str, Any]) -> dict[str, str]:
    return {f"{field}_{side}": row[side][field] for side in ("fr", "nl") for field in ("title", "body")}
