"""Who sees what: another commune nothing, the agency all but drafts, cabinet and task force nothing."""

from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from hubportal.accounts.models import User
from hubportal.outbox.models import OutboxMessage
from spoc.models import Deliverable, NewDeliverable, RequestFile, ServiceRequest
from tests.spoc.stories import CANARY, NOTE, REPORT, a_draft, a_file, arguments

pytestmark = pytest.mark.django_db
AGENCY = ("spoc", "editor", "lead", "director", "admin")
OUTSIDE = ("stranger", "ended", "cabinet", "taskforce")


@pytest.fixture
def whole(echevine: User, spoc: User) -> ServiceRequest:
    """A request of commune A with everything that may hang on it, each with the canary."""
    row = a_draft(echevine, "chantier")
    row.chantierdetails.streets = f"Rue {CANARY}"
    row.chantierdetails.save()
    row.attach(by=echevine, upload=a_file(f"{CANARY}.txt"))
    row.submit(by=echevine)
    row.write(by=spoc, text=f"{NOTE} {CANARY}", upload=a_file(f"{NOTE}.txt"), is_public=False)
    row.accept(by=spoc, **arguments("accept", spoc))
    row.ask(by=spoc, question=f"Où ? {CANARY}")
    row.write(by=echevine, text=f"Là. {CANARY}", upload=a_file(f"{CANARY} 2.txt"))
    row.hand_in(by=spoc, deliverable=NewDeliverable(f"Plan {CANARY}", upload=a_file(f"{CANARY} 3.txt")))
    row.deliver(by=spoc, proposed_outcome="solved", deliverable=REPORT, waiver=CANARY)
    row.reopen(by=echevine, reason=f"Encore. {CANARY}")
    return row


def rows_of(user: User) -> str:
    """Return every column of every row of this app that a person may see."""
    models = list(apps.get_app_config("spoc").get_models())
    found: list[Any] = [list(model._default_manager.visible_to(user).values()) for model in models]  # type: ignore[attr-defined]
    return str(found)


@pytest.mark.parametrize("person", OUTSIDE)
def test_nobody_outside_sees_a_row(
    person: str, whole: ServiceRequest, request: pytest.FixtureRequest
) -> None:
    assert CANARY not in rows_of(request.getfixturevalue(person))


@pytest.mark.parametrize("person", ["echevine", "delegate", "colleague"])
def test_the_commune_sees_all_but_the_notes(
    person: str, whole: ServiceRequest, request: pytest.FixtureRequest
) -> None:
    seen = rows_of(request.getfixturevalue(person))
    assert CANARY in seen
    assert NOTE not in seen


@pytest.mark.parametrize("person", AGENCY)
def test_the_agency_sees_all(person: str, whole: ServiceRequest, request: pytest.FixtureRequest) -> None:
    seen = rows_of(request.getfixturevalue(person))
    assert CANARY in seen
    assert NOTE in seen


def test_no_mail_goes_to_another_commune_and_none_holds_a_note(whole: ServiceRequest, stranger: User) -> None:
    assert not OutboxMessage.objects.filter(person=stranger).exists()
    assert OutboxMessage.objects.filter(text__contains=CANARY).exists()
    assert not OutboxMessage.objects.filter(text__contains=NOTE).exists()


def test_a_draft_is_its_own_partys(echevine: User, delegate: User, spoc: User, lead: User) -> None:
    of_the_commune, of_the_agency = a_draft(echevine), a_draft(spoc, direction="to_commune")
    assert set(ServiceRequest.objects.visible_to(delegate)) == {of_the_commune}
    assert set(ServiceRequest.objects.visible_to(lead)) == {of_the_agency}


def addresses(row: ServiceRequest) -> list[str]:
    """Return every address that shows something of a request on the portal."""
    files = [reverse("spoc:file-download", args=[file.pk]) for file in RequestFile.objects.all()]
    deliverables = [
        reverse("spoc:deliverable-download", args=[item.pk])
        for item in Deliverable.objects.filter(kind="file")
    ]
    return [reverse("spoc:request-detail", args=[row.pk]), *files, *deliverables]


@pytest.mark.parametrize(("person", "code"), [("stranger", 404), ("cabinet", 404), ("ended", 403)])
def test_pages_and_files_do_not_exist_for_others(
    person: str, code: int, whole: ServiceRequest, client: Client, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(person))
    for address in addresses(whole):
        response = client.get(address)
        assert response.status_code == code
        assert CANARY.encode() not in response.content


def test_pages_and_files_of_ones_own_without_the_notes(
    whole: ServiceRequest, client: Client, echevine: User
) -> None:
    client.force_login(echevine)
    note = RequestFile.objects.get(message__is_public=False)
    for address in addresses(whole):
        response = client.get(address)
        is_note = address == reverse("spoc:file-download", args=[note.pk])
        assert response.status_code == (404 if is_note else 200)
        if response.streaming:
            # Reading it to its end closes the file.
            assert b"".join(response)
            continue
        assert is_note or CANARY in response.text
        assert NOTE not in response.text


def test_a_file_is_a_download(whole: ServiceRequest, client: Client, echevine: User) -> None:
    client.force_login(echevine)
    file = RequestFile.objects.filter(message=None).get()
    response = client.get(reverse("spoc:file-download", args=[file.pk]))
    assert response["Content-Disposition"].startswith("attachment")
    assert response.getvalue().decode() == "Plan de déviation"


def test_the_panels_and_lists_of_another_commune_hold_nothing(
    whole: ServiceRequest, client: Client, stranger: User
) -> None:
    client.force_login(stranger)
    for address in (reverse("home"), reverse("communes:detail", args=["21001"])):
        assert CANARY not in client.get(address).text


def test_the_desk_is_closed_to_a_commune(whole: ServiceRequest, client: Client, stranger: User) -> None:
    client.force_login(stranger)
    for page in ("changelist", "change"):
        args = [whole.pk] if page == "change" else []
        response = client.get(reverse(f"admin:spoc_servicerequest_{page}", args=args))
        assert response.status_code == 302
        assert CANARY.encode() not in response.content
