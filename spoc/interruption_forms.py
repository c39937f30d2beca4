"""The interruptions of roadworks as numbered rows of a form, so that it needs no script."""

import re
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from spoc.models import ChantierDetails, Directions, Interruption, Traffic

BLANK: Final = 2
"""Empty rows below those that are filled."""
MOST: Final = 20
COLUMNS: Final = ("starts_on", "ends_on", "traffic", "directions")


class Row(NamedTuple):
    """A numbered row with its fields."""

    number: int
    fields: list[BoundField]


class InterruptionsForm(forms.Form):
    """The interruptions of some works; a row without days is left out."""

    def __init__(self, data: Any = None, *, details: ChantierDetails) -> None:
        super().__init__(data, prefix="interruption")
        self.details, self.found = details, list[Interruption]()
        kept: Iterable[Interruption] = details.interruptions.all() if details.pk else ()
        kept = list(kept)
        self._numbers = self._sent() if self.is_bound else range(min(len(kept) + BLANK, MOST))
        for number in self._numbers:
            self._add(number, kept[number] if number < len(kept) else None)

    def _sent(self) -> range:
        sent = (re.fullmatch(r"interruption-starts_on_([0-9]{1,2})", name) for name in self.data)
        return range(min(max((int(match[1]) + 1 for match in sent if match), default=0), MOST))

    def _add(self, number: int, row: Interruption | None) -> None:
        self.fields |= {
            f"starts_on_{number}": forms.DateField(
                label=pgettext_lazy("interruption", "First day"), required=False
            ),
            f"ends_on_{number}": forms.DateField(
                label=pgettext_lazy("interruption", "Last day"), required=False
            ),
            f"traffic_{number}": forms.ChoiceField(
                label=_("What cannot pass"), choices=Traffic.choices, required=False
            ),
            f"directions_{number}": forms.ChoiceField(
                label=_("Directions"), choices=Directions.choices, required=False
            ),
        }
        if row is not None:
            self.initial.update({f"{name}_{number}": getattr(row, name) for name in COLUMNS})

    @property
    def rows(self) -> list[Row]:
        """The rows, for the page."""
        return [Row(number + 1, [self[f"{name}_{number}"] for name in COLUMNS]) for number in self._numbers]

    def clean(self) -> dict[str, Any]:
        """Gather the interruptions; say at its field what is wrong in a row."""
        self.found = []
        for number in self._numbers:
            facts = {name: self.cleaned_data.get(f"{name}_{number}") for name in COLUMNS}
            if not (facts["starts_on"] or facts["ends_on"]) or self._is_wrong(number):
                continue
            for name in ("starts_on", "ends_on"):
                if not facts[name]:
                    self.add_error(f"{name}_{number}", _("Write both days of an interruption."))
            if not self._is_wrong(number):
                self._gather(number, facts)
        return self.cleaned_data

    def _is_wrong(self, number: int) -> bool:
        return any(f"{name}_{number}" in self.errors for name in COLUMNS)

    def _gather(self, number: int, facts: dict[str, Any]) -> None:
        row = Interruption(details=self.details, **facts)
        try:
            row.full_clean(exclude=["details"])
        except ValidationError as error:
            for name, errors in error.error_dict.items():
                self.add_error(f"{name}_{number}" if name in COLUMNS else None, errors)
        else:
            self.found.append(row)

    @transaction.atomic
    def save(self) -> None:
        """Keep these interruptions, and no others."""
        self.details.interruptions.all().delete()
        for row in self.found:
            row.details = self.details
            row.save()
