"""Whether French and Dutch of an agreement say the same, as far as a machine can count it: nothing is empty."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from conventions.models.article import ArticleText
from hubportal.markdown import has_words, outline

_LANGUAGES: Final = ("fr", "nl")
_MISSING: Final = {
    ("title", "fr"): gettext_noop("%(what)s: the title is missing in French."),
    ("title", "nl"): gettext_noop("%(what)s: the title is missing in Dutch."),
    ("body", "fr"): gettext_noop("%(what)s: the text is missing in French."),
    ("body", "nl"): gettext_noop("%(what)s: the text is missing in Dutch."),
    ("modality", "fr"): gettext_noop("%(what)s: the modalities are missing in French."),
    ("modality", "nl"): gettext_noop("%(what)s: the modalities are missing in Dutch."),
}


class Finding(NamedTuple):
    """A difference between the two languages; `part` is the article or theme, None: the text as a whole."""

    part: Any
    field: str
    """The column that lacks something, "body_nl"; empty when both are there but differ."""
    message: str
    is_blocking: bool


def parity(articles: Iterable[ArticleText], themes: Iterable[Any] = ()) -> list[Finding]:
    """Return what is empty on one side (it blocks), and what is built differently (it does not)."""
    articles = list(articles)
    found = [] if articles else [Finding(None, "", _("There is no article."), True)]
    for article in articles:
        what = _("Article %(number)s") % {"number": article.number}
        empty = [*_empty(article, "title", what), *_empty(article, "body", what)]
        found += empty or _built(article, what)
    for row in themes:
        found += _empty(row, "modality", _("Theme “%(name)s”") % {"name": row.theme})
    return sorted(found, key=lambda finding: not finding.is_blocking)


def require(findings: Iterable[Finding]) -> None:
    """Raise ValidationError, with one message for each finding that blocks."""
    messages = [ValidationError(finding.message, "parity") for finding in findings if finding.is_blocking]
    if messages:
        raise ValidationError(messages)


def _empty(part: Any, field: str, what: str) -> list[Finding]:
    return [
        Finding(part, f"{field}_{language}", _(_MISSING[field, language]) % {"what": what}, True)
        for language in _LANGUAGES
        if not _says_something(field, getattr(part, f"{field}_{language}"))
    ]


def _built(article: ArticleText, what: str) -> list[Finding]:
    if _shape(article.body_fr)[:3] == _shape(article.body_nl)[:3]:
        return []
    message = _("%(what)s: French and Dutch do not have the same headings, links and paragraphs.")
    return [Finding(article, "", message % {"what": what}, False)]


def _says_something(field: str, text: str) -> bool:
    """Tell whether a reader sees words: a Markdown text may be marks only, a line or an empty heading."""
    return has_words(text) if field == "title" else _shape(text).has_words


class _Shape(NamedTuple):
    """How a Markdown text is built."""

    headings: int
    links: int
    blocks: int
    has_words: bool


@lru_cache(1000)  # The same eighteen articles are asked at each step and on each page.
def _shape(text: str) -> _Shape:
    found = outline(text)
    words = any(map(has_words, found.blocks))
    return _Shape(len(found.headings), len(found.links), len(found.blocks), words)
