"""What three apps' migrations `search_between_signs` do: frozen, as they are (today's columns: hubportal/search.py).

A generated column cannot be altered, so each is made anew.
"""

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.models import Func, TextField, Value

FROM = (
    "\u2019\u2018\u02bc\u00b4\u2010\u2011\u201c\u201d\u201e\u00ab\u00bb"
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufe0f\ufeff"
)
TO = "''''--" + '"' * 5
SIGNS = (
    r"[\u00a0-\u00a9\u00ac-\u00b1\u00b6-\u00b8\u00bf\u00d7\u00f7\u2000-\u206f\u20a0-\u20cf\u2122\u2190-\u2bff"
    r"\u3000-\u303f\ue000-\uf8ff\U0001f000-\U0001faff]+"
)


def words(language: str, fields: list[str]) -> Any:
    """Return the generated column of the words of these fields."""
    told = (
        Func(field, Value(FROM), Value(TO), function="translate", output_field=TextField())
        for field in fields
    )
    parted = (
        Func(one, Value(SIGNS), Value(" "), Value("g"), function="regexp_replace", output_field=TextField())
        for one in told
    )
    return models.GeneratedField(
        expression=SearchVector(*parted, config=f"portal_{language}"),
        output_field=SearchVectorField(),
        db_persist=True,
    )


def anew(app: str, model: str, index: str, french: list[str], dutch: list[str]) -> list[Operation]:
    """Return what makes both columns of a model anew, and their index."""
    return [
        migrations.RemoveIndex(model, index),
        migrations.RemoveField(model, "search_fr"),
        migrations.RemoveField(model, "search_nl"),
        migrations.AddField(model, "search_fr", words("fr", french)),
        migrations.AddField(model, "search_nl", words("nl", dutch)),
        migrations.AddIndex(model, GinIndex(fields=["search_fr", "search_nl"], name=index)),
        # To write a table anew does not call for its statistics.
        migrations.RunSQL(f"ANALYZE {app}_{model}", migrations.RunSQL.noop),
    ]
