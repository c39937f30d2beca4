"""What was asked, as questions and answers: to check before it is submitted, and to read afterwards."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from hubportal.look.dates import short_date
from spoc.asking_forms import SERVICES
from spoc.models import AuditDetails, ChantierDetails, ServiceRequest


class Answer(NamedTuple):
    """A question and what was answered, empty for nothing; `field` is its name in the form."""

    field: str
    label: Any
    text: str


def answers(row: ServiceRequest) -> list[Answer]:
    """Return all answers in the order of the form, the empty ones too."""
    basis = str(row.convention_theme) if row.convention_theme_id else row.outside_reason
    return [
        *_of(row, ("title", "description", "district")),
        *details(row),
        Answer("convention_theme", _("Theme of the convention"), str(row.convention_theme or "")),
        *(
            []
            if row.convention_theme_id
            else [Answer("outside_reason", _("Why outside the convention"), basis)]
        ),
    ]


def details(row: ServiceRequest) -> list[Answer]:
    """Return the answers to the questions of the service; none while they are not filled in."""
    found = row.details
    if not found:
        return []
    known = list(_of(found, SERVICES[row.kind].fields))
    if isinstance(found, ChantierDetails):
        lines = "\n".join(str(item) for item in found.interruptions.all())
        known.append(Answer("interruptions", _("Interruptions of the traffic"), lines))
    return known


def _of(row: models.Model, names: tuple[str, ...]) -> Iterator[Answer]:
    for name in names:
        field = row._meta.get_field(name)
        yield Answer(name, capfirst(str(field.verbose_name)), _text(row, field))  # type: ignore[union-attr]


def _text(row: models.Model, field: Any) -> str:
    value = getattr(row, field.name)
    if value in (None, ""):
        return ""
    if isinstance(row, AuditDetails) and field.name == "wanted":
        return row.wanted_words
    if field.choices:
        return capfirst(str(dict(field.choices).get(value, value)))
    return short_date(value) if isinstance(value, date) else str(value)
