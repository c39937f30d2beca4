"""The coverage of an edition as pages show it: how many of the 19 are reached, who is missing, in which language."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.utils import timezone

from communes.models import Commune
from hubportal.accounts.models import RoleGrant
from mailings.audience import Coverage, Reach, besides, coverage, recipients
from mailings.gaps import gap_text
from mailings.models import LANGUAGES, ExtraRecipient, Mailing
from mailings.models.choices import SIDES, language_of


class Row(NamedTuple):
    """One of the 19, and its gaps in words."""

    coverage: Coverage
    gaps: list[str]


class Missing(NamedTuple):
    """Somebody who is not reached, in words."""

    commune: Commune
    text: str


@dataclass(frozen=True)
class Overview:
    """The 19 on the day when the edition leaves."""

    rows: Sequence[Coverage]
    day: date
    besides: Sequence[Reach[RoleGrant | ExtraRecipient]] = ()
    """Who receives it besides the communes."""

    @property
    def meant(self) -> int:
        """Number of communes for which it is meant."""
        return sum(row.is_meant for row in self.rows)

    @property
    def reached(self) -> int:
        """Number of communes where somebody receives it."""
        return sum(row.is_reached for row in self.rows)

    @property
    def with_gap(self) -> set[int]:
        """NIS codes of the communes that are reached, though not through everybody: for the hive."""
        return {int(row.commune.nis) for row in self.rows if row.is_reached and row.gaps}

    @property
    def out_of_reach(self) -> set[int]:
        """NIS codes of the communes where nobody receives it: for the hive."""
        return {int(row.commune.nis) for row in self.rows if row.is_meant and not row.is_reached}

    @property
    def left_out(self) -> set[int]:
        """NIS codes of the communes for which it is not meant: for the hive."""
        return {int(row.commune.nis) for row in self.rows if not row.is_meant}

    @property
    def one_language(self) -> dict[str, int]:
        """Number of communes where everybody reached reads French only, Dutch only: to be known, no gap."""
        found = Counter(row.only_language for row in self.rows)
        return {language: found[language] for language in LANGUAGES}

    @property
    def table(self) -> list[Row]:
        """The 19 in their order."""
        return [Row(row, [gap_text(gap) for gap in row.gaps]) for row in self.rows]

    @property
    def missing(self) -> list[Missing]:
        """Every gap, in the order of the communes."""
        return [Missing(row.commune, gap_text(gap)) for row in self.rows for gap in row.gaps]

    @property
    def languages(self) -> dict[str, int]:
        """Number of messages in French, in Dutch, in both."""
        found = Counter(row.language for row in recipients(self.rows, self.besides) if not row.is_suppressed)
        return {side: found[language_of(side)] for side in SIDES}

    @property
    def messages(self) -> int:
        """Number of messages: two people may share an address."""
        return sum(self.languages.values())


def overview(mailing: Mailing, on: date | None = None) -> Overview:
    """Return the coverage on a day; without one, when the edition leaves, or today."""
    day = on or leaving_on(mailing)
    return Overview(coverage(mailing, day), day, besides(mailing, day))


def leaving_on(mailing: Mailing) -> date:
    """Return the day when an edition leaves: today, unless it is planned for later."""
    today = timezone.localdate()
    return max(today, timezone.localdate(mailing.scheduled_for)) if mailing.scheduled_for else today
