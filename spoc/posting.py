"""How the mails of a request are written: a row in the transaction of its act, with whom one deals, and a link.

Each person reads it in the language of their mail, both when that is unknown.
"""

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from communes.callers import who_to_call
from hubportal.accounts.letters import languages_of
from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.outbox.models import post
from spoc.recipients import contact_at_commune, requesters, responders

if TYPE_CHECKING:
    from spoc.models import Answer, Concern, HandoverNote, Meeting, Partner, RelayNote, ServiceRequest
    from spoc.relay.emails import Outside

BLANK: Final = re.compile(r"\n{3,}")


def link_for(person: User, request: "ServiceRequest") -> str:
    """Return the address at which a person works on a request: the desk for the agency, the portal for others."""
    if is_agency(person):
        path = reverse("admin:spoc_servicerequest_change", args=[request.pk])
    else:
        with translation.override(person.content_language or person.language):
            path = request.get_absolute_url()
    return f"{settings.BASE_URL}{path}"


def plan_of(person: User, request: "ServiceRequest") -> str:
    """Return the address of the plan of a request, where both parties work on it."""
    with translation.override(person.content_language or person.language):
        return f"{settings.BASE_URL}{reverse('spoc:request-plan', args=[request.pk])}"


def page_of(person: User, row: "Meeting | HandoverNote | Concern | RelayNote | Answer") -> str:
    """Return the address of a row's page on the portal, in the language of a person's mail."""
    with translation.override(person.content_language or person.language):
        return f"{settings.BASE_URL}{row.get_absolute_url()}"


def other(request: "ServiceRequest", by: User) -> list[User]:
    """Return who reads for the party that a person does not speak for."""
    return (responders if request.side_of(by) == request.requesting_side else requesters)(request)


def send(
    name: str,
    people: Iterable[User],
    request: "ServiceRequest",
    address: Callable[[User, "ServiceRequest"], str] = link_for,
    **context: Any,
) -> None:
    """Write a mail about a request to each of these people, once: with whom they deal, and where they go on with it."""
    found = {person.pk: person for person in people if person.email}.values()
    # A commune talks to its SPOC of today, the agency to whoever speaks for the commune in this request.
    spoc = who_to_call(request.commune).user
    theirs = contact_at_commune(request) if any(is_agency(person) for person in found) else None
    charge = (
        request.assigned_to if request.assigned_to and request.is_in_charge(request.assigned_to) else None
    )
    for person in found:
        contact = theirs if is_agency(person) else spoc
        facts = {
            "request": request,
            "contact": contact,
            "ways": ways(contact),
            "link": address(person, request),
        }
        # Who is in charge is reached directly, unless it is the same person, or whoever reads this.
        if charge and charge not in (person, contact):
            facts |= {"charge": charge, "charge_ways": ways(charge)}
        write(name, person, {**facts, **context})


def ways(person: User | None) -> str:
    """Return how to reach a person: what is known of telephone and e-mail."""
    return ", ".join(way for way in (person.phone, person.email) if way) if person else ""


def is_agency(person: User) -> bool:
    """Tell whether a person works at the agency today."""
    return person.has_role(*AGENCY_ROLES)


def write(name: str, person: "User | Partner | Outside", context: dict[str, Any]) -> None:
    """Write a mail, in the language of whoever reads it."""
    subjects, texts = [], []
    for language in languages_of(person):
        with translation.override(language):
            facts = {"person": person, **context}
            subjects.append(" ".join(render_to_string(f"{name}.subject.txt", facts).split()))
            texts.append(BLANK.sub("\n\n", render_to_string(f"{name}.txt", facts)).strip())
    post(
        to=person.email or "",
        person=person if isinstance(person, User) else None,
        language=", ".join(languages_of(person)),
        subject=" / ".join(subjects)[:500],
        text="\n\n-- \n\n".join(texts) + "\n",
        kind=name.rpartition("/")[2],
    )
