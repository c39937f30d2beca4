"""Rights with a first and a last day: what roles, mandates, delegations and assignments have in common."""

from datetime import date
from typing import Any, Self, TypeVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

Row = TypeVar("Row", bound=models.Model, covariant=True)


class DateRange(models.Func):
    """`daterange(starts_on, ends_on, '[]')`: both days included, a null end is open."""

    function = "DATERANGE"
    output_field = DateRangeField()


def days() -> DateRange:
    """Return the days of a dated row, as an expression for exclusion constraints."""
    return DateRange("starts_on", "ends_on", RangeBoundary(inclusive_lower=True, inclusive_upper=True))


def ends_after_start(name: str) -> models.CheckConstraint:
    """Return the CHECK, called `name`, that a row does not end before it starts."""
    return models.CheckConstraint(
        condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
        name=name,
        violation_error_message=_("The last day cannot come before the first day."),
    )


def holding_on(day: date, path: str = "") -> models.Q:
    """Return which dated rows hold on a day, as a condition on rows that lead to one by `path` ("user__absences__")."""
    no_end, later = models.Q(**{f"{path}ends_on__isnull": True}), models.Q(**{f"{path}ends_on__gte": day})
    return (no_end | later) & models.Q(**{f"{path}starts_on__lte": day})


class DatedQuerySet(models.QuerySet[Row]):
    """Rows by the day on which they hold."""

    def valid(self, on: date | None = None) -> Self:
        """Return the rows that hold on a day (today in Brussels, unless told)."""
        return self.filter(holding_on(on or timezone.localdate()))

    def ended(self, on: date | None = None) -> Self:
        """Return the rows whose last day is before a day (today in Brussels, unless told)."""
        return self.filter(ends_on__lt=on or timezone.localdate())


class Dated(models.Model):
    """A row that holds from `starts_on` to `ends_on`, both included; no end: until further notice."""

    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(
        _("last day"), null=True, blank=True, help_text=_("Included. Empty: until further notice.")
    )

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Put an end before the start on its field: the exclusion constraints cannot read such a range."""
        super().clean()
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _("The last day cannot come before the first day.")})

    def is_valid_on(self, day: date) -> bool:
        """Tell whether the row holds on a day."""
        return self.starts_on <= day and (self.ends_on is None or self.ends_on >= day)

    def validate_constraints(self, exclude: Any = None) -> None:
        """Validate, but leave out the dates' constraints when the range itself is refused by `clean`."""
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            exclude = {*(exclude or ()), "starts_on", "ends_on"}
        try:
            super().validate_constraints(exclude=exclude)
        except ValidationError as error:
            raise ValidationError(
                {name: [self._naming(one) for one in errors] for name, errors in error.error_dict.items()}
            ) from None

    def _naming(self, error: ValidationError) -> ValidationError:
        """Return a refused overlap with the other row: who, from when to when; another error as it is."""
        for constraint in self._meta.constraints:
            words = str(constraint.get_violation_error_message())
            if isinstance(constraint, ExclusionConstraint) and str(error.message) == words:
                other = self._overlapped(constraint)
                return ValidationError(f"{words} ({other.facts})" if other else words, constraint.name)
        return error

    def _overlapped(self, constraint: ExclusionConstraint) -> "Dated | None":
        """Return the first row that this one meets in an exclusion constraint."""
        same = [name for name, operator in constraint.expressions if operator == RangeOperators.EQUAL]
        rows = type(self)._base_manager.filter(**{str(name): getattr(self, str(name)) for name in same})
        rows = rows.exclude(pk=self.pk).filter(constraint.condition or models.Q())
        if self.ends_on:
            rows = rows.filter(starts_on__lte=self.ends_on)
        later = models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=self.starts_on)
        return rows.filter(later).order_by("starts_on", "pk").first()

    @property
    def facts(self) -> str:
        """Whose it is, from when to when."""
        known = {"who": getattr(self, "user", self), "start": f"{self.starts_on:%d.%m.%Y}"}
        if self.ends_on is None:
            return str(_("%(who)s, from %(start)s, without a last day") % known)
        return str(_("%(who)s, from %(start)s to %(end)s") % {**known, "end": f"{self.ends_on:%d.%m.%Y}"})
