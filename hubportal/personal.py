"""What the portal knows of a person, told by each app in its `people.py`, found the way Django finds `admin.py`.

Such a module has `SHARES` (which rows speak of a person), `KEPT` (columns about people that are neither shown nor
erased, each with the reason), `RULES` (what is forgotten by time), `erase(subject)`; where rights come from it,
`holders(since)`; and, where something is known that is no column, `more(subject, most)`: further sections.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from hubportal.look.dates import hour, short_date

NOTHING: Final = "–"
PLAIN: Final = frozenset({"user", "person", "by", "actor", "address", "to_address", "email"})
"""Columns that need no word: the row is the person's."""


class Subject(NamedTuple):
    """Whom it is about: a person of the portal, or whoever has an address."""

    user: Any
    """None when there is but the address."""
    address: str = ""


class Share(NamedTuple):
    """The rows of a model that speak of a person by a column (`by`): a key of people, or an address.

    `shows`: what is handed out of them, by the paths of Django; never another person's data or words. `where`: which
    rows, when one column does not tell; `part`: what the person stands in them as, when the name of `by` does not tell.
    """

    model: str
    by: str
    shows: tuple[str, ...]
    where: Callable[[Subject], Q] | None = None
    part: str | Promise = ""


class Cell(NamedTuple):
    """A value: as stored, and as it is read."""

    name: str
    label: str
    value: Any
    text: str


class Section(NamedTuple):
    """The rows of one share; `total` counts also those that are left out here."""

    name: str
    title: str
    rows: list[list[Cell]]
    total: int


def sections(shares: Iterable[Share], subject: Subject, most: int | None = None) -> Iterator[Section]:
    """Yield what there is of a person, share by share, the newest `most` rows of each (all, unless told)."""
    for share in shares:
        model = apps.get_model(share.model)
        rows = _rows(model, share, subject)
        total = rows.count()
        if total:
            shown = [_cells(row, share.shows) for row in rows.order_by(*_newest_first(model))[:most]]
            yield Section(f"{share.model}.{share.by}".lower(), _title(model, share), shown, total)


def _newest_first(model: type[models.Model]) -> list[Any]:
    """Return the model's own order where it says newest first: a key need not grow, such as that of a session."""
    own = list(model._meta.ordering or ())
    return own if own and str(own[0]).startswith("-") else ["-pk"]


def _rows(model: type[models.Model], share: Share, subject: Subject) -> models.QuerySet[Any]:
    rows = model._base_manager.all()
    ahead = [path.rpartition("__")[0] for path in share.shows if "__" in path]
    ahead += [name for name in share.shows if "__" not in name and _field(model, name).is_relation]
    rows = rows.select_related(*ahead) if ahead else rows
    if share.where:
        return rows.filter(share.where(subject))
    is_key = share.by == "pk" or _field(model, share.by).is_relation
    value = subject.user and subject.user.pk if is_key else subject.address
    return rows.filter(**{share.by if is_key else f"{share.by}__iexact": value}) if value else rows.none()


def _title(model: type[models.Model], share: Share) -> str:
    """Return the rows by name, and as what the person stands in them, where that has a name in each language."""
    by = share.by
    if by == "pk":
        return _("My details")
    plural = capfirst(str(model._meta.verbose_name_plural))
    label = share.part or _field(model, by).verbose_name
    if by in PLAIN or not isinstance(label, Promise):
        return plural
    return _("%(rows)s (%(part)s)") % {"rows": plural, "part": label}


def _cells(row: models.Model, shows: Iterable[str]) -> list[Cell]:
    return [_cell(row, path) for path in shows]


def _cell(row: models.Model, path: str) -> Cell:
    found: Any = row
    *steps, name = path.split("__")
    for step in steps:
        found = getattr(found, step) if found is not None else None
    model = _last(type(row), steps)
    field = _field(model, name)
    # A column that is only half of the truth is told by a property of its model.
    said = getattr(found, "TOLD_AS", {}).get(name, name)
    value = getattr(found, said) if found is not None else None
    text = _text(found, field, value)
    is_plain = value is None or isinstance(value, str | int | float | bool | date | list | dict)
    return Cell(path, capfirst(str(field.verbose_name)), value if is_plain else str(value), text)


def _last(model: type[models.Model], steps: Iterable[str]) -> type[models.Model]:
    for step in steps:
        model = _field(model, step).related_model
    return model


def _text(row: Any, field: Any, value: Any) -> str:
    if value in (None, "", [], {}):
        return NOTHING
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    if field.name == "target":
        return _state(row, value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        local = timezone.localtime(value)
        return f"{short_date(local)}, {hour(local)}"
    if isinstance(value, date):
        return short_date(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _state(row: Any, code: str) -> str:
    """Return the state that a step led to (hubportal/workflow), as its page has it."""
    return str(row._meta.get_field("subject").related_model.Status(code).label)


def _field(model: type[models.Model], name: str) -> Any:
    """Return a field, by its name, or `pk`."""
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return model._meta.pk
