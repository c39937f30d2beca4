"""The term of a convention: a stored range of days, and the notice at its end."""

from datetime import date, timedelta
from typing import Any, Final

from django.contrib.postgres.fields import RangeBoundary
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conventions.months import IN_REACH, months_after
from hubportal.access.dated import DateRange
from hubportal.look.dates import short_date

ONE_DAY: Final = timedelta(days=1)
LONGEST_NOTICE: Final = 24
LONGEST_RENEWAL: Final = 72
LONGEST_TERM: Final = 144
"""Months; the term of two legislatures."""


_TACIT_IS_WHOLE = _("Tacit renewal has a first period and a number of months.")


class Term(models.Model):
    """From `in_force_from` to `in_force_until`, both included.

    Fixed: `in_force_until` is known, often the end of the legislature. Tacit: `renewal_months` and
    `first_period_until` are; no last day until notice is given. (Of some old ones only that they go on is known.)
    """

    in_force_from = models.DateField(_("in force from"), null=True, blank=True)
    in_force_until = models.DateField(
        _("in force until"),
        null=True,
        blank=True,
        help_text=_("Last day, included. Empty: tacit renewal, until notice is given."),
    )
    notice_months = models.PositiveSmallIntegerField(
        _("notice, in months"), default=6, validators=[MaxValueValidator(LONGEST_NOTICE)]
    )

    renewal_months = models.PositiveSmallIntegerField(
        _("tacit renewal, in months"), null=True, blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_RENEWAL)],
        help_text=_("For how long it goes on after its first period, again and again. Empty: it ends."),
    )  # fmt: skip
    first_period_until = models.DateField(
        _("first period until"), null=True, blank=True,
        help_text=_("Of a convention that is renewed tacitly: the last day before the first renewal."),
    )  # fmt: skip

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Put an end before the start on its field: the exclusion constraint cannot read such a range."""
        super().clean()
        for name in ("in_force_from", "in_force_until", "first_period_until"):
            check_reach(name, getattr(self, name))
        if self._is_reversed():
            raise ValidationError({"in_force_until": _("The last day cannot come before the first day.")})
        for name in ("in_force_until", "first_period_until"):
            self._check_length(name)
        if self.first_period_until and self.in_force_from and self.first_period_until < self.in_force_from:
            raise ValidationError({"first_period_until": _("The last day cannot come before the first day.")})
        if (self.renewal_months is None) != (self.first_period_until is None):
            field = "first_period_until" if self.first_period_until is None else "renewal_months"
            raise ValidationError({field: _TACIT_IS_WHOLE})

    def validate_constraints(self, exclude: Any = None) -> None:
        """Validate, but leave out the dates' constraints when the range itself is refused by `clean`."""
        if self._is_reversed():
            exclude = {*(exclude or ()), "in_force_from", "in_force_until"}
        super().validate_constraints(exclude=exclude)

    def _check_length(self, name: str) -> None:
        """Refuse a last day so far away that the year is a slip of the pen."""
        last = getattr(self, name)
        if last and self.in_force_from and last >= months_after(self.in_force_from, LONGEST_TERM):
            text = _("Check the year: a convention lasts 12 years at most.")
            raise ValidationError({name: text})

    def _is_reversed(self) -> bool:
        return bool(self.in_force_from and self.in_force_until and self.in_force_until < self.in_force_from)

    def covers(self, day: date) -> bool:
        """Tell whether a day lies in the term."""
        if self.in_force_from is None or day < self.in_force_from:
            return False
        return self.in_force_until is None or day <= self.in_force_until

    @property
    def is_tacit(self) -> bool:
        """Whether it renews itself, for as long as nobody ended it."""
        return self.renewal_months is not None and self.in_force_until is None

    def period_end(self, on: date) -> date | None:
        """Return the last day of the period that a day lies in; None when nothing ends by itself."""
        if not (self.is_tacit and self.first_period_until and self.renewal_months):
            return self.in_force_until
        first, step = self.first_period_until, self.renewal_months
        # Counted from the first period each time: 31 January, 28 February, 31 March.
        count = max(0, -(-((on.year - first.year) * 12 + on.month - first.month) // step))
        end = months_after(first, count * step)
        return end if end >= on else months_after(first, (count + 1) * step)

    def deadline(self, on: date) -> date | None:
        """Return the last day, from a day on, on which notice ends a tacit one with a period; None when fixed."""
        if not self.is_tacit:
            return None
        last, day = None, on
        while (end := self.period_end(day)) and (last is None or last < on):
            last, day = months_after(end, -self.notice_months), end + ONE_DAY
        return last

    def is_in_notice(self, day: date) -> bool:
        """Tell whether a day of the term lies in its notice window.

        Fixed: the months of notice at its end. Tacit: as many months before the day until which notice can be given.
        """
        if not self.covers(day) or not self.notice_months:
            return False
        deadline = self.deadline(day)
        if deadline is not None:
            return day > months_after(deadline, -self.notice_months)
        return self.notice_starts_on is not None and day >= self.notice_starts_on

    @property
    def notice_starts_on(self) -> date | None:
        """First day of the notice period at the end of the term; None when it has no end, or no notice."""
        if self.in_force_until is None or not self.notice_months:
            return None
        return months_after(self.in_force_until, -self.notice_months) + ONE_DAY

    @property
    def is_to_come(self) -> bool:
        """Whether its first day is still to come."""
        return self.in_force_from is not None and self.in_force_from > timezone.localdate()

    @property
    def years(self) -> str:
        """The years of the term, for a title: 2025–2030, 2025 alone when there is no other, "since 2025"."""
        start = str(self.in_force_from.year) if self.in_force_from else ""
        if self.in_force_until is None:
            return (_("from %(year)s on") if self.is_to_come else _("since %(year)s")) % {"year": start}
        end = str(self.in_force_until.year)
        return start if start == end else f"{start}–{end}"

    def check_notice(self, given_on: date, ends_on: date) -> None:
        """Raise ValidationError when a notice given on a day cannot end the term on another."""
        check_reach("notice_given_on", given_on)
        check_reach("ends_on", ends_on)
        if given_on > timezone.localdate():
            raise ValidationError({"notice_given_on": _("This day has not come yet.")})
        earliest = max(months_after(given_on, self.notice_months), self.in_force_from or date.min)
        if ends_on < earliest:
            text = _("The notice is of %(months)d months: it ends on %(day)s at the earliest.")
            facts = {"months": self.notice_months, "day": short_date(earliest)}
            raise ValidationError({"ends_on": ValidationError(text, "notice", facts)})
        if ends_on > months_after(given_on, LONGEST_RENEWAL):
            raise ValidationError({"ends_on": _("Check the year: a notice ends within six years.")})
        if self.in_force_until and ends_on > self.in_force_until:
            text = _("It ends by itself on %(day)s already.")
            raise ValidationError(
                {"ends_on": ValidationError(text, "later", {"day": short_date(self.in_force_until)})}
            )


def check_reach(name: str, day: date | None) -> None:
    """Raise ValidationError, at the field of this name, for a day that nobody means."""
    for validator in IN_REACH if day else ():
        try:
            validator(day)
        except ValidationError as error:
            raise ValidationError({name: error}) from None


def days() -> DateRange:
    """Return the days of a term, as an expression for the exclusion constraint."""
    return DateRange(
        "in_force_from", "in_force_until", RangeBoundary(inclusive_lower=True, inclusive_upper=True)
    )


def term_constraints() -> list[models.CheckConstraint]:
    """Return the CHECKs of a term."""
    return [
        models.CheckConstraint(
            condition=Q(in_force_until__isnull=True) | Q(in_force_until__gte=F("in_force_from")),
            name="convention_ends_after_start",
            violation_error_message=_("The last day cannot come before the first day."),
        ),
        models.CheckConstraint(
            condition=Q(notice_months__lte=LONGEST_NOTICE),
            name="convention_notice_months",
            violation_error_message=_("Notice is given at most 24 months ahead."),
        ),
        models.CheckConstraint(
            condition=Q(renewal_months__isnull=True, first_period_until__isnull=True)
            | Q(
                renewal_months__isnull=False,
                renewal_months__range=(1, LONGEST_RENEWAL),
                # Without a first day nothing is earlier than it: PostgreSQL lets an unknown answer pass.
                first_period_until__isnull=False,
                first_period_until__gte=F("in_force_from"),
            ),
            name="convention_tacit_is_whole",
            violation_error_message=_TACIT_IS_WHOLE,
        ),
        models.CheckConstraint(
            condition=Q(renewal_months__isnull=True)
            | Q(in_force_until__isnull=True)
            | Q(status__in=("signed", "terminated")),
            name="convention_tacit_or_fixed",
            violation_error_message=_("Choose: a last day, or tacit renewal."),
        ),
    ]
