"""What a step is about, to read above its form: what is asked and by when, what was said last, what is there."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from django.utils.text import capfirst
from django.utils.translation import pgettext

from hubportal.accounts.letters import languages_of
from hubportal.accounts.models import User
from hubportal.look.dates import short_date
from spoc.answers import Answer, answers
from spoc.models import Deliverable, Kind, Message, RequestFile, ServiceRequest
from spoc.nextstep import open_question

DAY_OF: Final[Mapping[str, str]] = {
    Kind.AUDIT: "needed_on",
    Kind.DEVELOPMENT: "wished_on",
    Kind.CHANTIER: "starts_on",
}
"""The day that matters to who asks for a service: the first thing to know when a date is promised."""


def day_of(row: ServiceRequest) -> Answer | None:
    """Return the day that matters to the requester, None when they gave none."""
    name, details = DAY_OF[row.kind], row.details
    day: date | None = getattr(details, name, None)
    if details is None or day is None:
        return None
    field: Any = details._meta.get_field(name)
    return Answer(name, capfirst(str(field.verbose_name)), short_date(day))


def language_read(row: ServiceRequest) -> str:
    """Return in which language whoever asked reads, as a word; both for who has not said which."""
    names = {
        "fr": pgettext("inside a sentence", "French"),
        "nl": pgettext("inside a sentence", "Dutch"),
    }
    return " + ".join(names[code] for code in languages_of(row.created_by))


def needed_on(row: ServiceRequest) -> date | None:
    """Return the last day on which a delivery helps the requester: for roadworks, the one before they begin."""
    day: date | None = getattr(row.details, DAY_OF[row.kind], None)
    return day - timedelta(days=1) if day and row.kind == Kind.CHANTIER else day


def needed_first(rows: Sequence[ServiceRequest]) -> ServiceRequest:
    """Return the request that is needed first of some: the day that is proposed for it helps all of them."""
    return min(rows, key=lambda row: needed_on(row) or date.max)


def subject(row: ServiceRequest, user: User) -> dict[str, Any]:
    """Return what the page of a step shows, on the portal and at the desk: as much as the person may see.

    Six queries, whatever there is.
    """
    given = [item for item in answers(row) if item.text]
    said = Message.objects.visible_to(user).filter(request=row).select_related("author")
    question = open_question(row)
    return {
        # The day first; the title stands above the list.
        "asked": sorted(
            (item for item in given if item.field != "title"), key=lambda item: item.field != DAY_OF[row.kind]
        ),
        "said": question or said.last(),
        "files": RequestFile.objects.visible_to(user).filter(request=row, message=None),
        "deliverables": Deliverable.objects.visible_to(user).filter(request=row).select_related("added_by"),
    }
