"""Full-text search in French and in Dutch, without accents: vectors for models, conditions for querysets.

The configurations `portal_fr` and `portal_nl` (unaccent, then the stemmer of the language) are made by a migration.
A model keeps one generated column for each language; text of another table is found with EXISTS.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector, SearchVectorField
from django.db import connection, models
from django.db.models import Case, F, Func, Q, TextField, Value, When
from django.db.models.functions import Greatest

LANGUAGES: Final = ("fr", "nl")
LONGEST: Final = 200
"""Characters of what is looked for; the rest is left out."""
WORDS: Final = 24
"""As many words of a text are compared."""
EMPTY: Final = frozenset(
    [
        "les",
        "cet",
        "cette",
        "comme",
        "comment",
        "plus",
        "quel",
        "quelle",
        "quels",
        "quelles",
        "quoi",
        "quand",
        "wat",
        "welk",
        "welke",
        "hoe",
        "wanneer",
        "waar",
        "wie",
    ]
)
"""Words that tell nothing and are in no list of PostgreSQL's: above all those that ask."""

ALIKE: Final = {
    "\u2019\u2018\u02bc\u00b4": "'",
    "\u2010\u2011": "-",
    "\u201c\u201d\u201e\u00ab\u00bb": '"',
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufe0f\ufeff": "",
}
"""Apostrophes, hyphens and quotation marks as a keyboard has them; signs without a width go away."""
_KEYS: Final = {ord(sign): key for alike, key in ALIKE.items() for sign in alike}
SIGNS: Final = (
    r"[\u00a0-\u00a9\u00ac-\u00b1\u00b6-\u00b8\u00bf\u00d7\u00f7\u2000-\u206f\u20a0-\u20cf\u2122\u2190-\u2bff"
    r"\u3000-\u303f\ue000-\uf8ff\U0001f000-\U0001faff]+"
)
"""What stands between words and is no ASCII: blanks, punctuation, currencies, arrows, bullets, pictures.

PostgreSQL's parser takes each of them for a letter where the database's locale is C, as ours is. Python and
PostgreSQL read this pattern alike. Whoever changes it rebuilds the columns (see the migrations `search_between_signs`).
"""


def configuration(language: str) -> str:
    """Return the name of the text search configuration of a language, "fr" or "nl"."""
    return f"portal_{language}"


def plain(text: Any) -> Func:
    """Return the expression of a text, or of the field of this name, whose words the database can tell apart."""
    # What has no counterpart goes away: it comes last in ALIKE.
    signs = "".join(ALIKE)
    instead = "".join(sign * len(alike) for alike, sign in ALIKE.items())
    told = Func(text, Value(signs), Value(instead), function="translate", output_field=TextField())
    return Func(
        told, Value(SIGNS), Value(" "), Value("g"), function="regexp_replace", output_field=TextField()
    )


def vector(language: str, *fields: str) -> Any:
    """Return the generated column that holds the words of these fields, for a model of one's own."""
    return models.GeneratedField(
        expression=SearchVector(*map(plain, fields), config=configuration(language)),
        output_field=SearchVectorField(),
        db_persist=True,
    )


def index(name: str) -> GinIndex:
    """Return the index over the columns `search_fr` and `search_nl`."""
    return GinIndex(fields=["search_fr", "search_nl"], name=name)


class WithoutWords(models.Manager[Any]):
    """Leaves `search_fr` and `search_nl` in the database: only conditions read them."""

    def get_queryset(self) -> Any:
        """Return the rows without their search columns."""
        return super().get_queryset().defer("search_fr", "search_nl")


def asked(text: str) -> str:
    """Return what is looked for as the database can read it: what `plain` makes of a text."""
    return re.sub(SIGNS, " ", text[:LONGEST].replace("\0", "").translate(_KEYS))


def matches(text: str) -> Q:
    """Return the condition that a row with `search_fr` and `search_nl` holds all words, in one of the languages.

    As one types it into a search box: words, "a phrase", -without (PostgreSQL's websearch_to_tsquery).
    """
    found = Q()
    for language in LANGUAGES:
        query = SearchQuery(asked(text), config=configuration(language), search_type="websearch")
        found |= Q(**{f"search_{language}": query})
    return found


def telling(text: str) -> list[str]:
    """Return the words of a text that tell something, in French and in Dutch alike: "dans" is a dance. One query."""
    found = dict.fromkeys(re.findall(r"\w{3,}", asked(text).lower()))
    words = [word for word in found if word not in EMPTY][:WORDS]
    if not words:
        return []
    kept = " AND ".join(f"to_tsvector('{configuration(language)}', word) <> ''" for language in LANGUAGES)
    # "Winkel" and "winkels" are one word: whoever counts those in common counts it once.
    stems = f"to_tsvector('{configuration('fr')}', word)"
    with connection.cursor() as cursor:
        # The names of the configurations are ours; what a person wrote comes as a value.
        cursor.execute(
            f"SELECT word FROM (SELECT DISTINCT ON ({stems}) word, place FROM unnest(%s) WITH ORDINALITY"  # noqa: S608
            f" AS known(word, place) WHERE {kept} ORDER BY {stems}, place) AS told ORDER BY place",
            [words],
        )
        return [word for (word,) in cursor.fetchall()]


def alike(rows: Any, text: str, near: Q) -> Any:
    """Return the rows that share two words with a text, or one where `near` holds, each with its `likeness`.

    Give it only what the reader may see. One common word on another subject says nothing.
    """
    words = telling(text)
    found = rows.filter(_holds_any(words)).annotate(likeness=_likeness(words), shared=_shared(words))
    return found.filter(Q(shared__gte=2) | near)


def _holds_any(words: Sequence[str]) -> Q:
    """Return the condition that a row holds at least one of these words (`telling`), in one of the languages."""
    found = Q(pk__in=[])
    for language in LANGUAGES if words else ():
        found |= Q(**{f"search_{language}": _any_of(words, language)})
    return found


def _shared(words: Sequence[str]) -> Any:
    """Return how many of these words (`telling`) a row holds: those of the language in which it holds more of them."""
    counted = []
    for language in LANGUAGES:
        held = (
            Case(When(**{f"search_{language}": _any_of([word], language)}, then=1), default=0)
            for word in words
        )
        counted.append(sum(held, Value(0)))
    return Greatest(*counted)


def _likeness(words: Sequence[str]) -> Any:
    """Return how much a row with `search_fr` and `search_nl` resembles a text of these words, to sort by."""
    ranks = (SearchRank(F(f"search_{language}"), _any_of(words, language)) for language in LANGUAGES)
    return Greatest(*ranks)


def _any_of(words: Sequence[str], language: str) -> SearchQuery:
    return SearchQuery(" or ".join(words), config=configuration(language), search_type="websearch")
