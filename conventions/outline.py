"""How a convention begins: with the articles of the outline, or with those of the one that it follows."""

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from conventions.models.article import Article
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
    for row in articles():
        texts = {f"{field}_{side}": row[side][field] for side in ("fr", "nl") for field in ("title", "body")}
        Article.add(draft, by, None, texts, row["key"])


def copy(source: "Convention", draft: "Convention", by: User) -> None:
    """Copy the articles and themes of a convention into an empty draft that follows it."""
    if not source.articles.exists():
        # A convention of the past was recorded without its text.
        fill(draft, by)
    for article in source.articles.order_by("number"):
        Article.add(draft, by, None, article.texts, article.key)
    for row in source.themes.order_by("pk"):
        draft.themes.create(theme_id=row.theme_id, **row.texts)
