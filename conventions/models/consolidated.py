"""The text of a convention as it stands on a day: its articles, with the amendments in force by then."""

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import get_language

from conventions.models.article import ArticleText
from conventions.models.choices import Change

if TYPE_CHECKING:
    from conventions.models.amendment import Amendment
    from conventions.models.convention import Convention


class ConsolidatedArticle(NamedTuple):
    """An article as it reads on a day; `amendment` is the last one that changed it, `change` how (or empty).

    One that was removed keeps its place, without a text.
    """

    number: int
    title_fr: str
    title_nl: str
    body_fr: str
    body_nl: str
    amendment: "Amendment | None" = None
    change: str = ""

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        return self.title_nl if get_language() == "nl" else self.title_fr

    @property
    def is_removed(self) -> bool:
        """Whether an amendment took it out."""
        return self.change == Change.REMOVE


def consolidated(convention: "Convention", on: date) -> list[ConsolidatedArticle]:
    """Return the articles in force on a day, by number: three queries, however many amendments."""
    found = {row.number: _article(row) for row in convention.articles.order_by("number")}
    for amendment in convention.amendments.in_force(on).prefetch_related("articles"):
        amendment.convention = convention
        for row in amendment.articles.all():
            # One that is removed has no text.
            found[row.number] = _article(row, amendment, row.change)
    return [found[number] for number in sorted(found)]


def _article(row: ArticleText, amendment: "Amendment | None" = None, change: str = "") -> ConsolidatedArticle:
    return ConsolidatedArticle(
        row.number, row.title_fr, row.title_nl, row.body_fr, row.body_nl, amendment, change
    )
