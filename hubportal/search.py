"""Full-text search in French and in Dutch, without accents: vectors for models, conditions for querysets.

The configurations `portal_fr` and `portal_nl` (unaccent, then the stemmer of the language) are made by a migration.
A model keeps one generated column for each language; text of another table is found with EXISTS.
"""

from typing import Any, Final

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q

LANGUAGES: Final = ("fr", "nl")
LONGEST: Final = 200
"""Characters of what is looked for; the rest is left out."""


def configuration(language: str) -> str:
    """Return the name of the text search configuration of a language, "fr" or "nl"."""
    return f"portal_{language}"


def vector(language: str, *fields: str) -> Any:
    """Return the generated column that holds the words of these fields, for a model of one's own."""
    return models.GeneratedField(
        expression=SearchVector(*fields, config=configuration(language)),
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
    """Return what is looked for as the database can read it."""
    return text[:LONGEST].replace("\0", "")


def matches(text: str) -> Q:
    """Return the condition that a row with `search_fr` and `search_nl` holds all words, in one of the languages.

    As one types it into a search box: words, "a phrase", -without (PostgreSQL's websearch_to_tsquery).
    """
    found = Q()
    for language in LANGUAGES:
        query = SearchQuery(asked(text), config=configuration(language), search_type="websearch")
        found |= Q(**{f"search_{language}": query})
    return found
