"""What this app knows of a person: their mandates, delegations and communes; and contacts of associations."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from django.db.models import Max, Q, QuerySet

from communes import file_lines
from communes.models import Assignment, CollegeTransition, Delegation, Mandate, MerchantsAssociation
from communes.models.district import AssociationStatus
from communes.models.transition import nothing_done
from hubportal.personal import Section, Share, Subject
from hubportal.retention import CONTACT_MONTHS, Rule

DATES: Final = ("starts_on", "ends_on")
SHARES: Final = (
    Share("communes.Mandate", "user", ("commune", "office", "is_acting", "portfolios", *DATES)),
    Share("communes.Delegation", "user", ("commune", *DATES)),
    Share("communes.Delegation", "given_by", ("commune", *DATES)),
    Share("communes.Assignment", "user", ("commune", *DATES)),
    Share("communes.Absence", "user", DATES),
    Share("communes.Absence", "stand_in", DATES),
    Share("communes.AssociationEvent", "by", ("at", "target")),
    Share("communes.CollegeTransition", "prepared_by", ("commune", "starts_on", "prepared_at")),
    Share("communes.CollegeTransitionEvent", "by", ("at", "target")),
    Share(
        "communes.MerchantsAssociation",
        "contact_email",
        ("name", "contact_name", "contact_email", "contact_phone"),
    ),
)
KEPT: Final = {
    **{
        f"communes.{model}.name_{code}": "of a place"
        for model in ("Commune", "District")
        for code in ("fr", "nl")
    },
}
_NOBODY: Final = {"contact_name": "", "contact_email": "", "contact_phone": ""}


def holders(since: date | None) -> list[QuerySet[Any]]:
    """Return who holds, or held, a right on a day or later (ever, if None): rows of the keys of people."""
    lasting = Q() if since is None else Q(ends_on__isnull=True) | Q(ends_on__gte=since)
    delegations = Delegation.objects.all()
    rows: list[QuerySet[Any]] = [
        Mandate.objects.filter(lasting),
        Assignment.objects.filter(lasting),
        delegations if since is None else delegations.lasting(since),
    ]
    return [row.order_by().values("user") for row in rows]


def more(subject: Subject, most: int | None = None) -> Iterator[Section]:
    """Yield the lines of the files of new colleges that speak of somebody."""
    yield from file_lines.sections(subject, most)


def erase(subject: Subject) -> int:
    """Forget who has this address as contact of associations, and in files of new colleges; return of how many."""
    lines = file_lines.forget(subject)
    if not subject.address:
        return lines
    return lines + MerchantsAssociation.objects.filter(contact_email__iexact=subject.address).update(
        **_NOBODY
    )


def forget_contacts(before: date) -> int:
    """Forget the contact person of an association that has been dormant since before a day; return of how many."""
    rows = MerchantsAssociation.objects.filter(status=AssociationStatus.DORMANT).exclude(**_NOBODY)
    asleep = rows.annotate(moved_at=Max("events__at")).filter(moved_at__date__lt=before).order_by()
    return MerchantsAssociation.objects.filter(pk__in=asleep.values("pk")).update(**_NOBODY)


def forget_files(before: date) -> int:
    """Forget what the file of a new college held, names and addresses, once it began long ago; return of how many."""
    rows = CollegeTransition.objects.filter(starts_on__lt=before).exclude(rows=[])
    return rows.update(rows=[], undo=nothing_done())


RULES: Final = (
    Rule("communes.contacts", CONTACT_MONTHS, forget_contacts),
    Rule("communes.transitions", CONTACT_MONTHS, forget_files),
)
