"""What was found among the editions: the subject in the language that holds the words, and a few lines around them."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from django.contrib.postgres.search import SearchHeadline, SearchQuery
from django.db.models import F, Func, TextField, Value
from django.db.models.functions import Concat
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from hubportal import search
from mailings.models import LANGUAGES, Mailing, Variant
from mailings.models.choices import text_language

_OPEN, _CLOSE = "\ue000", "\ue001"
"""Private characters stand around what was found until the rest is escaped."""
_SIGNS: Final = (
    (r"\[\[[a-z_ ]*\]\]|[\ue000\ue001]", "…"),
    (r"\[([^]]*)\]\([^)]*\)", r"\1"),
    (r"\n\s*(?:-|\d+\.)\s+", " "),
    (r"[*_#>|`~\\]+|-{3,}", " "),
    (r"\s+", " "),
)
"""What is Markdown and no word, and what stands for it in an extract."""
_SHOWN: Final = (
    "\u00a0\u202f\u2009\u2019\u2018\u201c\u201d\u201e\u00ab\u00bb\u2013\u2014\u2026"
    "\u2022\u2192\u00b7\u00b0\u00a7\u20ac\u00d7\u00ae\u00a9\u2122"
)
_HELD: Final = "".join(map(chr, [*range(0x01, 0x09), *range(0x0E, 0x1D)]))
"""Control characters, which part words, hold the places of signs beside them: a reader sees these again."""
_BACK: Final = str.maketrans(_HELD, _SHOWN)


class Hit(NamedTuple):
    """An edition that was found; subject and extract have what was looked for between `mark` tags."""

    mailing: Mailing
    language: str
    subject: SafeString
    extract: SafeString


def hits(mailings: Iterable[Mailing], words: str) -> list[Hit]:
    """Return what each of these editions says of the words, in their order: two queries.

    Of the two languages, the reader's own when it holds them.
    """
    found = {row.pk: row for row in mailings}
    said: dict[int, Hit] = {}
    # The reader's language comes last: it takes the place of the other.
    for language in sorted(LANGUAGES, key=lambda code: code == text_language()):
        rows = Variant.objects.filter(search.matches(words), mailing__in=found, language=language)
        for row in (
            rows.annotate(**_marked(words, language))
            .order_by("pk")
            .values("mailing", "title", "extract", "preheader")
        ):
            key = row["mailing"]
            # Found in the subject only: a whole line says more than the first words of the text.
            lines = row["extract"] if _OPEN in row["extract"] else row["preheader"] or row["extract"]
            said[key] = Hit(found[key], language, _as_html(row["title"]), _as_html(lines))
    return [said[key] for key in found if key in said]


def _marked(words: str, language: str) -> dict[str, Any]:
    config = search.configuration(language)
    query = SearchQuery(search.asked(words), config=config, search_type="websearch")
    common: dict[str, Any] = {"config": config, "start_sel": _OPEN, "stop_sel": _CLOSE}
    text: Any = Concat(F("preheader"), Value(" … "), F("body"), output_field=TextField())
    for sign, instead in _SIGNS:
        text = Func(
            text, Value(sign), Value(instead), Value("g"), function="regexp_replace", output_field=TextField()
        )
    return {
        "title": SearchHeadline(_parted("subject"), query, highlight_all=True, **common),
        "extract": SearchHeadline(
            _parted(text),
            query,
            max_fragments=2,
            max_words=20,
            min_words=8,
            fragment_delimiter=" … ",
            **common,
        ),
    }


def _parted(text: Any) -> Func:
    held = Func(text, Value(_SHOWN), Value(_HELD), function="translate", output_field=TextField())
    return search.plain(held)


def _as_html(text: str) -> SafeString:
    html = str(escape(text.translate(_BACK))).replace(_OPEN, "<mark>").replace(_CLOSE, "</mark>")
    # Escaped above; the marks are ours.
    return mark_safe(html)  # noqa: S308
