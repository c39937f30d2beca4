"""What the database refuses, said to the person who asked for it.

A form checks the constraints before it saves; between the check and the save another person may have been
faster, and then PostgreSQL refuses. Its error names the constraint, and the constraint holds the message.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.apps import apps
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DatabaseError, DataError, IntegrityError, connection, models, transaction
from django.db.models import CheckConstraint, Q
from django.db.models.functions import Coalesce
from django.db.models.sql import Query
from django.utils.translation import gettext_lazy as _

Refusal = IntegrityError | DataError


@contextmanager
def constraint_messages() -> Iterator[None]:
    """Run the block in a transaction; what the database refuses is raised as ValidationError.

    An error that no constraint of ours explains is raised as it is.
    """
    try:
        with transaction.atomic():
            yield
    except (IntegrityError, DataError) as error:
        refusal = explain(error)
        if refusal is None:
            raise
        raise refusal from error


def explain(error: Refusal) -> ValidationError | None:
    """Return the message for a person, on its field where there is one; None when it is a fault of ours."""
    if isinstance(error, DataError):
        words = _("A value cannot be kept as it is: check lengths, numbers and dates.")
        return ValidationError({NON_FIELD_ERRORS: ValidationError(words, "data")})
    diagnosis = getattr(error.__cause__, "diag", None)
    name, table = getattr(diagnosis, "constraint_name", None), getattr(diagnosis, "table_name", None)
    model = next((model for model in apps.get_models() if model._meta.db_table == table), None)
    if not name or model is None:
        return None
    return _declared(model, name) or _of_a_field(model, name)


def _declared(model: type[models.Model], name: str) -> ValidationError | None:
    constraint = next((found for found in model._meta.constraints if found.name == name), None)
    if constraint is None:
        return None
    fields = constraint.fields if isinstance(constraint, models.UniqueConstraint) else ()
    if fields and constraint.violation_error_message == constraint.default_violation_error_message:
        # The same words as in the form's own check.
        found = model().unique_error_message(model, fields)
        return ValidationError({fields[0] if len(fields) == 1 else NON_FIELD_ERRORS: found})
    return ValidationError(
        {NON_FIELD_ERRORS: ValidationError(constraint.get_violation_error_message(), name)}
    )


def _of_a_field(model: type[models.Model], name: str) -> ValidationError | None:
    """Explain what Django or PostgreSQL named itself: `unique=True` and foreign keys."""
    # Longest column first: "email" is also the beginning of "email_2".
    for field in sorted(model._meta.concrete_fields, key=lambda field: -len(field.column)):
        if not name.startswith(f"{model._meta.db_table}_{field.column}_"):
            continue
        if field.unique:
            return ValidationError({field.name: model().unique_error_message(model, (field.name,))})
        if field.remote_field:
            gone = _("What you chose here no longer exists.")
            return ValidationError({field.name: ValidationError(gone, "gone")})
    return None


class CheckedTogether(models.Model):
    """A row whose CHECKs are asked of the database in one question, where Django asks each by three statements.

    For models with many of them; only when the answer is no is each asked by itself, to say which.
    """

    class Meta:
        abstract = True

    def validate_constraints(self, exclude: Any = None) -> None:
        """Raise ValidationError for each constraint that does not hold."""
        checks = [one for one in self._meta.constraints if isinstance(one, CheckConstraint)]
        if not checks or not self._hold(exclude):
            super().validate_constraints(exclude)
            return
        errors: dict[str, Any] = {}
        others: list[Any] = [one for one in self._meta.constraints if one not in checks]
        for constraint in others:
            try:
                constraint.validate(type(self), self, exclude=exclude)
            except ValidationError as error:
                errors = self._placed(error, constraint).update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    @staticmethod
    def _placed(error: ValidationError, constraint: models.BaseConstraint) -> ValidationError:
        """Put what one column has in common with another row on that column, as Django does."""
        fields = constraint.fields if isinstance(constraint, models.UniqueConstraint) else ()
        is_plain = getattr(error, "code", None) == "unique" and len(fields) == 1
        return ValidationError({fields[0]: error}) if is_plain else error

    def _hold(self, exclude: Any) -> bool:
        """Tell whether all hold: NULL lets a row through, as in the table; False as well when a column is excluded."""
        question, constants, fields = _question(type(self))
        if not {field.name for field in fields}.isdisjoint(exclude or ()):
            return False
        values = [field.get_db_prep_value(getattr(self, field.attname), connection) for field in fields]
        try:
            # What the database cannot read must not end the caller's transaction.
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(question, [*values, *constants])
                return cursor.fetchone() is not None
        except DatabaseError:
            return False


@cache
def _question(model: type[models.Model]) -> "tuple[str, list[Any], list[models.Field[Any, Any]]]":
    """Return SQL that finds a row when all CHECKs of a model hold, its constants, and the fields to ask it with.

    Made once: that takes ten times as long as asking it.
    """
    checks = [one for one in model._meta.constraints if isinstance(one, CheckConstraint)]
    together = Q()
    for check in checks:
        # As a keyword the condition would be a lookup; as an expression it may be NULL.
        together &= Q(Coalesce(Q(check.condition), True, output_field=models.BooleanField()))
    named = set().union(*(Q(check.condition).referenced_base_fields for check in checks))
    fields = [field for field in model._meta.concrete_fields if {field.name, field.attname} & named]
    query = Query(model, alias_cols=False)
    where, constants = query.build_where(together).as_sql(
        query.get_compiler(connection=connection), connection
    )
    columns = ", ".join(_as_column(field) for field in fields)
    # Made of the model alone; what a person wrote comes as values.
    return f"SELECT 1 FROM (SELECT {columns}) AS asked WHERE {where}", list(constants), fields  # noqa: S608


def _as_column(field: "models.Field[Any, Any]") -> str:
    """Return a value in the place of a column: of its type, but of any length, as a cast would cut it."""
    kind = re.sub(r"\(\d+\)", "", field.db_type(connection) or "")
    return f"%s::{kind} AS {connection.ops.quote_name(field.column)}"
