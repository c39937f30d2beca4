"""News of a weekly rhythm to those who write and to those who approve, in each one's language."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation

from hubportal.accounts.letters import write_to
from hubportal.accounts.models import Role, User
from mailings.emails import authors
from mailings.models.choices import STEERERS

if TYPE_CHECKING:
    from mailings.models.mailing import Mailing
    from mailings.models.run import Run
    from mailings.models.schedule import Schedule


def held_up(run: "Run", mailing: "Mailing", error: ValidationError) -> None:
    """To who writes it: both have approved it, and this stands in the way of its leaving by itself."""
    _tell("held_up", run.schedule, writers(run.schedule, mailing), mailing, run=run, error=error)


def missed(run: "Run", mailing: "Mailing", following: "Run | None") -> None:
    """To who writes it and who approves: nobody asked for approval in time, nothing leaves; its text is kept."""
    people = [*writers(run.schedule, mailing), *User.objects.holding([*STEERERS, Role.CABINET])]
    _tell("missed", run.schedule, people, mailing, run=run, following=following)


def carried(run: "Run", mailing: "Mailing", former: "Mailing") -> None:
    """To who writes it: the draft of the next week begins with the text that did not leave."""
    _tell("carried", run.schedule, writers(run.schedule, mailing), mailing, run=run, former=former)


def stalled(schedule: "Schedule") -> None:
    """To editors and leads: the calendar of holidays ends, nothing more is planned."""
    _tell("stalled", schedule, User.objects.holding(STEERERS), None)


def reminder(person: User, runs: "Iterable[Run]") -> None:
    """To somebody who is awaited: what leaves soon, and what is missing."""
    told = list(runs)
    _tell("reminder", told[0].schedule, [person], told[0].mailing, run=told[0], runs=told)


def writers(schedule: "Schedule", mailing: "Mailing") -> list[User]:
    """Return who is reminded of a rhythm, and who wrote in the edition and still may."""
    return [*schedule.people, *authors(mailing)]


def _tell(
    what: str, schedule: "Schedule", people: Iterable[User], mailing: "Mailing | None", **more: Any
) -> None:
    """Write one mail to each of the people who have an address."""
    context = {"what": what, "schedule": schedule, "mailing": mailing, **more}
    for person in sorted({row.pk: row for row in people}.values(), key=lambda row: row.pk):
        if not person.email:
            continue
        # Who approves does not see drafts: the list leads everybody on.
        page = (
            reverse_in(person, "mailings:rhythm") if mailing is None else reverse_in(person, "mailings:list")
        )
        write_to(
            person.email, person, "mailings/email/rhythm.subject.txt", "mailings/email/rhythm.txt",
            {**context, "url": page}, kind=f"rhythm {what}",
        )  # fmt: skip


def reverse_in(person: User, name: str) -> str:
    """Return the address of a page in a person's language."""
    with translation.override(person.language):
        return settings.BASE_URL + reverse(name)
