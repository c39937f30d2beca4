"""The agency asks a commune: by its SPOC or a lead, through the same pages; and the ledger of what went each way."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communes.models import Commune
from hubportal.accounts.models import User
from spoc.ledger import ledger
from spoc.models import ServiceRequest
from tests.cast import COMMUNE_A, COMMUNE_B
from tests.spoc.stories import a_draft, brought_to, mails
from tests.spoc_pages.filled import filled

pytestmark = pytest.mark.django_db
NEW = "spoc:request-new"


def asked(client: Client, kind: str = "audit", commune: str = COMMUNE_A) -> ServiceRequest:
    """Fill in the pages and return the draft."""
    address = f"{reverse('spoc:request-begin', args=[kind])}?commune={commune}"
    data = filled(kind, commune=commune)
    while "/edit/" in address or "/new/" in address:
        response = client.post(address, data)
        assert response.status_code == 302, response.context["form"].errors
        address = response.headers["Location"]
    return ServiceRequest.objects.latest("changed_at")


@pytest.mark.parametrize("person", ["spoc", "lead"])
def test_a_spoc_or_a_lead_asks_and_the_commune_is_told(
    person: str, client: Client, echevine: User, request: pytest.FixtureRequest
) -> None:
    asker = request.getfixturevalue(person)
    client.force_login(asker)
    chosen = client.get(reverse(NEW), {"kind": "audit", "commune": COMMUNE_A})
    assert chosen.headers["Location"].endswith(f"?commune={COMMUNE_A}")
    row = asked(client)
    assert (row.direction, row.commune_id, row.created_by, row.status) == (
        "to_commune",
        COMMUNE_A,
        asker,
        "draft",
    )
    # Nobody of the commune sees a draft of the agency.
    client.force_login(echevine)
    assert client.get(row.get_absolute_url()).status_code == 404
    client.force_login(asker)
    assert reverse("spoc:request-check", args=[row.pk]) in client.get(row.get_absolute_url()).text
    client.post(reverse("spoc:request-submit", args=[row.pk]), follow=True)
    row.refresh_from_db()
    assert row.status == "submitted"
    assert [mail.person for mail in mails("receipt")] == [asker]
    assert [mail.person for mail in mails("new_request")] == [echevine]
    client.force_login(echevine)
    assert {"accept", "decline"} <= {step.verb for step in row.next_steps(echevine)}
    assert client.get(row.get_absolute_url()).status_code == 200


def test_a_lead_says_which_commune(client: Client, lead: User) -> None:
    client.force_login(lead)
    page = client.get(reverse(NEW)).text
    assert page.count("<option") >= 20
    page = client.get(reverse(NEW), {"kind": "audit", "commune": ""}).text
    assert 'href="#id_commune"' in page
    assert 'value="audit" checked' in page
    assert client.get(reverse("spoc:request-begin", args=["audit"])).url == reverse(NEW)


def test_a_spoc_asks_the_communes_they_serve_only(client: Client, spoc: User) -> None:
    client.force_login(spoc)
    assert client.get(reverse(NEW), {"kind": "audit", "commune": COMMUNE_B}).status_code == 404
    begin = reverse("spoc:request-begin", args=["audit"])
    assert client.post(begin, filled(commune=COMMUNE_B)).status_code == 404
    assert not ServiceRequest.objects.exists()


def test_a_colleague_reads_the_draft_and_does_not_write_it(client: Client, spoc: User, editor: User) -> None:
    row = a_draft(spoc, direction="to_commune")
    client.force_login(editor)
    page = client.get(row.get_absolute_url()).text
    assert reverse("spoc:request-check", args=[row.pk]) not in page
    assert client.get(reverse("spoc:request-check", args=[row.pk])).status_code == 403


def test_the_list_and_the_commune_offer_it_to_who_may(client: Client, spoc: User, editor: User) -> None:
    commune = reverse("communes:detail", args=[COMMUNE_A])
    for person, may in ((spoc, True), (editor, False)):
        client.force_login(person)
        assert (reverse(NEW) in client.get(reverse("spoc:request-list")).text) == may
        assert (f"{reverse(NEW)}?commune={COMMUNE_A}" in client.get(commune).text) == may


def test_the_ledger_counts_both_ways(client: Client, echevine: User, spoc: User, stranger: User) -> None:
    brought_to("closed", echevine, spoc)
    brought_to("delivered", echevine, spoc)
    brought_to("declined", echevine, spoc)
    brought_to("in_progress", echevine, spoc)
    a_draft(echevine)
    brought_to("closed", spoc, echevine, direction="to_commune")
    commune = Commune.objects.get(pk=COMMUNE_A)
    for person in (echevine, spoc):
        there, back = ledger(person, commune)
        assert there[1:5] == (4, 1, 2, 1)
        assert back[1:5] == (1, 0, 1, 0)
        assert [item.title for item in back.last] == ["Relevé des cellules"]
    assert all(side[1:] == (0, 0, 0, 0, []) for side in ledger(stranger, commune))
    client.force_login(echevine)
    assert "h-ledger" in client.get(reverse("communes:detail", args=[COMMUNE_A])).text
    client.force_login(stranger)
    assert "h-ledger" not in client.get(reverse("communes:detail", args=[COMMUNE_A])).text


def test_the_ledger_takes_three_queries(echevine: User, spoc: User) -> None:
    for _number in range(3):
        brought_to("closed", echevine, spoc)
    commune = Commune.objects.get(pk=COMMUNE_A)
    ledger(echevine, commune)
    with CaptureQueriesContext(connection) as queries:
        ledger(echevine, commune)
    assert len(queries) == 3
