"""What belongs to one commune is in no byte that another one gets."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from communes.models import District
from hubportal.accounts.models import User
from hubportal.outbox.models import OutboxMessage
from spoc.models import NewDeliverable, Partner, RequestFile, ServiceRequest
from tests.cast import COMMUNE_A, MandateFactory, UserFactory
from tests.spoc.stories import CANARY, a_draft, a_file, a_partner, ago, arguments, met, planned
from tests.spoc_pages.filled import filled

pytestmark = pytest.mark.django_db


@pytest.fixture
def theirs(echevine: User, spoc: User) -> ServiceRequest:
    """A request of commune A with the canary in everything that hangs on it."""
    District.objects.create(commune_id=COMMUNE_A, name_fr=f"Quartier {CANARY}", name_nl=f"Wijk {CANARY}")
    a_draft(echevine, title=f"Brouillon {CANARY}")
    row = a_draft(echevine, "chantier")
    row.attach(by=echevine, upload=a_file(f"{CANARY}.txt", CANARY.encode()))
    row.submit(by=echevine)
    row.accept(by=spoc, **arguments("accept", spoc))
    row.ask(by=spoc, question=f"Où ? {CANARY}")
    row.write(by=echevine, text=f"Là. {CANARY}", upload=a_file(f"{CANARY} 2.txt", CANARY.encode()))
    row.hand_in(
        by=spoc, deliverable=NewDeliverable(f"Plan {CANARY}", upload=a_file("p.txt", CANARY.encode()))
    )
    partner = a_partner(name_fr=f"Guichet {CANARY}", name_nl=f"Loket {CANARY}")
    row.introduce(by=spoc, partner=partner, agreed=True, text=f"Pour {CANARY}.")
    planned(row, spoc)
    met(row, spoc, invited=CANARY)
    met(row, spoc, starts_at=ago(-1), status="cancelled", cancel_reason=CANARY)
    met(row, spoc, starts_at=ago(0), held_at=ago(-1), status="held", minutes=CANARY)
    return row


def addresses_of(row: ServiceRequest) -> list[str]:
    """Return every address that names a request, its drafts, files and deliverables."""
    names = ("detail", "pdf", "continue", "check", "attach", "submit", "answer", "deliverable")
    found = [reverse(f"spoc:request-{name}", args=[row.pk]) for name in names]
    found += [reverse("spoc:request-step", args=[row.pk, verb]) for verb in ("withdraw", "confirm", "reopen")]
    found += [
        reverse(f"spoc:{name}", args=[row.pk])
        for name in ("request-plan", "measure-new", "measures-agree", "meeting-new")
    ]
    found += [reverse("spoc:request-edit", args=[row.pk, page]) for page in ("subject", "works", "basis")]
    for measure in row.measures.all():
        found.append(reverse("spoc:measure", args=[row.pk, measure.pk]))
        found.append(reverse("spoc:measure-step", args=[row.pk, measure.pk, "drop"]))
    for meeting in row.meetings.all():
        found.append(reverse("spoc:meeting", args=[row.pk, meeting.pk]))
        steps = ("hold", "prepare", "move", "cancel", "correct")
        found += [reverse("spoc:meeting-step", args=[row.pk, meeting.pk, verb]) for verb in steps]
    found += [reverse("spoc:request-detach", args=[row.pk, file.pk]) for file in row.files.all()]
    found += [reverse("spoc:file-download", args=[file.pk]) for file in row.files.all()]
    return found + [reverse("spoc:deliverable-download", args=[item.pk]) for item in row.deliverables.all()]


@pytest.mark.parametrize("person", ["stranger", "cabinet", "taskforce"])
def test_others_get_404_on_every_page_and_file(
    person: str, theirs: ServiceRequest, client: Client, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(person))
    for address in addresses_of(theirs):
        for answer in (client.get(address), client.post(address, filled())):
            assert answer.status_code in (404, 405), address
            assert CANARY.encode() not in answer.content
    assert theirs.events.count() == ServiceRequest.objects.get(pk=theirs.pk).events.count()


def test_the_files_are_handed_to_their_own_people(
    theirs: ServiceRequest, client: Client, echevine: User
) -> None:
    client.force_login(echevine)
    for address in addresses_of(theirs)[-3:]:
        assert CANARY.encode() in b"".join(client.get(address))  # type: ignore[call-overload]


def walk(client: Client) -> Iterator[tuple[str, bytes]]:
    """Follow each link from home, in each language, and yield addresses with what was read there."""
    waiting, read = [f"/{language}/" for language in ("fr", "nl", "en")], set[str]()
    while waiting:
        path = waiting.pop()
        if path in read or path.startswith(("/static/", "/demo/")):
            continue
        response = client.get(path)
        body = b"".join(response) if response.streaming else response.content  # type: ignore[call-overload]
        read.add(path)
        yield path, body + str(response.headers).encode()
        if response.headers.get("Content-Type", "").startswith("text/html"):
            waiting += re.findall(r'href="(/[^"#]*)', body.decode())


def test_the_canary_is_in_no_byte_that_another_commune_gets(
    theirs: ServiceRequest, client: Client, stranger: User, echevine: User, spoc: User
) -> None:
    own = a_draft(stranger, commune="21002", title="Notre demande", description="Ici.")
    own.submit(by=stranger)
    MandateFactory(user=UserFactory(), commune_id="21002", bourgmestre=True)
    client.force_login(stranger)
    read = dict(walk(client))
    assert reverse("spoc:request-detail", args=[own.pk]).replace("/fr/", "/nl/") in read
    assert len(read) > 100
    assert [path for path, body in read.items() if CANARY.encode() in body] == []
    others = OutboxMessage.objects.exclude(person__in=[echevine, spoc])
    told = {mail.to_address for mail in others if CANARY in f"{mail.subject} {mail.text} {mail.html}"}
    # The partner to whom the commune agreed to be introduced, and nobody else.
    assert told == {Partner.objects.get().email}
    client.force_login(echevine)
    assert any(CANARY.encode() in body for _, body in walk(client))


def test_files_lie_under_random_names(theirs: ServiceRequest) -> None:
    for file in RequestFile.objects.order_by("pk"):
        assert CANARY not in Path(file.file.name).name
