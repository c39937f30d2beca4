"""The queues that the desk offers, each with its figure; what the matrix says of the requests of each commune."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from communes.models import Assignment, Commune
from hubportal.accounts.models import Role, User
from hubportal.look.dates import short_date
from spoc.admin import ServiceRequestAdmin
from spoc.models import ChantierDetails, Message, RequestEvent
from tests.cast import COMMUNE_A, COMMUNE_B, MandateFactory, UserFactory, grant
from tests.spoc.stories import a_file, ago, brought_to, day, set_back
from tests.spoc.test_desk import QUEUE, titles

pytestmark = pytest.mark.django_db


def elsewhere() -> tuple[User, User]:
    """Return an échevin and the SPOC of commune B."""
    asker = MandateFactory(user=UserFactory(), commune_id=COMMUNE_B, trade=True).user
    answerer = grant(Role.SPOC)
    Assignment.objects.create(user=answerer, commune_id=COMMUNE_B, starts_on=day(-9))
    return asker, answerer


def offered(client: Client, query: str = "") -> dict[str, tuple[str, str]]:
    """Return the figure and the address of each queue."""
    found = client.get(f"{reverse(QUEUE)}{query}").context["queues"]
    with translation.override("fr"):
        return {str(queue.label): (queue.figure, f"?{queue.query}") for queue in found}


def test_each_figure_counts_the_rows_of_its_own_list(client: Client, echevine: User, spoc: User) -> None:
    asker, answerer = elsewhere()
    brought_to("submitted", echevine, spoc, title="À trier")
    late = brought_to("in_progress", echevine, spoc, title="En retard")
    set_back(late, due_on=day(-3))
    works = brought_to("submitted", echevine, spoc, title="Chantier", kind="chantier")
    ChantierDetails.objects.filter(request=works).update(starts_on=day(13))
    brought_to("submitted", asker, answerer, commune=COMMUNE_B, title="Ailleurs")
    brought_to("closed", echevine, spoc, title="Clôturée")
    client.force_login(spoc)
    found = offered(client)
    expected = {
        "En attente de moi": {"À trier", "En retard", "Chantier"},
        "À examiner": {"À trier", "Chantier"},
        "En retard": {"En retard"},
        "Chantiers qui commencent bientôt": {"Chantier"},
    }
    assert list(found) == list(expected)
    for label, (count, address) in found.items():
        assert set(titles(client.get(f"{reverse(QUEUE)}{address}"))) == expected[label]
        assert count == str(len(expected[label]))
        page = client.get(f"{reverse(QUEUE)}{address}&p=0")
        shown = [queue.query for queue in page.context["queues"] if queue.is_shown]
        assert shown == [address.removeprefix("?")]
        assert page.text.count('aria-current="page"') == 1


def test_a_lead_without_communes_has_the_queues_of_all_19(
    client: Client, echevine: User, spoc: User, lead: User
) -> None:
    asker, answerer = elsewhere()
    brought_to("submitted", echevine, spoc)
    brought_to("submitted", asker, answerer, commune=COMMUNE_B)
    client.force_login(lead)
    assert offered(client)["À examiner"] == ("2", "?state=to_triage")


def test_what_a_colleague_delivers_does_not_wait_for_the_spoc(
    client: Client, echevine: User, spoc: User
) -> None:
    colleague = grant(Role.EDITOR)
    row = brought_to("in_progress", echevine, spoc, title="À livrer")
    set_back(row, assigned_to=colleague)
    for person, shown in ((spoc, []), (colleague, ["À livrer"])):
        client.force_login(person)
        assert titles(client.get(f"{reverse(QUEUE)}?mine=waits")) == shown


def test_what_the_agency_asked_waits_for_the_spoc_once_it_is_delivered(
    client: Client, echevine: User, spoc: User
) -> None:
    brought_to("in_progress", spoc, echevine, direction="to_commune", title="Pas encore")
    brought_to("delivered", spoc, echevine, direction="to_commune", title="Livrée")
    client.force_login(spoc)
    assert titles(client.get(f"{reverse(QUEUE)}?mine=waits")) == ["Livrée"]


def test_a_figure_is_counted_out_to_99(client: Client, echevine: User, spoc: User) -> None:
    row = brought_to("submitted", echevine, spoc)
    for number in range(100):
        row.pk, row._state.adding, row.reference = None, True, f"D-2020-{number:04d}"
        type(row).objects.bulk_create([row])
    client.force_login(spoc)
    assert offered(client)["À examiner"][0] == "99+"


def test_a_thread_is_read_without_leaving_the_list_notes_marked(
    client: Client, echevine: User, spoc: User
) -> None:
    row = brought_to("in_progress", echevine, spoc)
    row.write(by=echevine, text="Voici le plan.", upload=a_file("plan-du-quartier.txt"))
    row.write(by=spoc, text="Entre nous.", is_public=False)
    other = brought_to("in_progress", echevine, spoc)
    client.force_login(spoc)
    text = client.get(reverse(QUEUE)).text
    assert f'popovertarget="talk-{row.pk}"' in text
    assert f'popovertarget="talk-{other.pk}"' not in text
    thread = text.partition(f'id="talk-{row.pk}"')[2].partition("popovertargetaction")[0]
    assert "Voici le plan." in thread
    assert "plan-du-quartier.txt" in thread
    note = thread.partition("is-note")[2]
    assert "Entre nous." in note
    assert "seule l’agence" in note
    # On the page of the request the thread stands below, once.
    assert "popovertarget" not in client.get(reverse("admin:spoc_servicerequest_change", args=[row.pk])).text


# --- The matrix ------------------------------------------------------------------------------------------------


def cells(client: Client) -> dict[str, dict[str, tuple[str, str]]]:
    """Return text and address of each cell: by the title of its column, by NIS code."""
    columns = client.get(reverse("communes:coverage")).context["columns"]
    with translation.override("fr"):
        return {
            str(column.title): {nis: (str(cell.text), cell.url) for nis, cell in column.cells.items()}
            for column in columns
        }


def test_the_matrix_says_what_is_open_and_late_and_when_there_was_contact(
    client: Client, echevine: User, spoc: User
) -> None:
    brought_to("submitted", echevine, spoc)
    late = brought_to("in_progress", echevine, spoc)
    set_back(late, due_on=day(-3))
    brought_to("closed", echevine, spoc)
    late.write(by=echevine, text="Et ?")
    RequestEvent.objects.update(at=ago(20))
    Message.objects.update(written_at=ago(4))
    late.write(by=spoc, text="Entre nous.", is_public=False)
    client.force_login(spoc)
    found = cells(client)
    text, address = found["Demandes ouvertes"][COMMUNE_A]
    assert text == "2"
    # The figure is that of the list to which it leads.
    assert len(client.get(address).context["lines"]) == 2
    text, address = found["Demandes en retard"][COMMUNE_A]
    assert ">1<" in text.replace("</svg>1", "</svg>>1")
    assert len(client.get(address).context["lines"]) == 1
    assert found["Dernier contact"][COMMUNE_A][0] == short_date(ago(4))
    assert COMMUNE_B not in found["Demandes ouvertes"]


def test_what_the_portal_did_by_itself_is_no_contact(client: Client, echevine: User, spoc: User) -> None:
    brought_to("delivered", echevine, spoc)
    RequestEvent.objects.update(at=ago(20))
    last = RequestEvent.objects.latest("pk")
    RequestEvent.objects.filter(pk=last.pk).update(by=None, at=timezone.now() - timedelta(hours=1))
    Message.objects.all().delete()
    client.force_login(spoc)
    assert cells(client)["Dernier contact"][COMMUNE_A][0] == short_date(ago(20))


def test_the_matrix_asks_the_same_for_one_and_for_many(client: Client, echevine: User, spoc: User) -> None:
    asker, answerer = elsewhere()
    client.force_login(spoc)
    counts = []
    for _ in range(2):
        for _ in range(5):
            brought_to("submitted", echevine, spoc)
            brought_to("in_progress", asker, answerer, commune=COMMUNE_B)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("communes:coverage"))
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert Commune.objects.count() == 19


def test_of_very_many_found_the_newest_are_shown_and_the_page_says_so(
    client: Client, echevine: User, spoc: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [brought_to("submitted", echevine, spoc, title=f"Vitrine {number}") for number in range(3)]
    set_back(rows[0], created_at=ago(2))
    client.force_login(spoc)
    address = f"{reverse(QUEUE)}?q=vitrine"
    everything = client.get(address)
    assert len(titles(everything)) == 3
    assert "Ajoutez un mot" not in everything.text
    for module in ("spoc.models.queryset", "spoc.admin"):
        monkeypatch.setattr(f"{module}.NEWEST", 2)
    cut = client.get(address)
    assert set(titles(cut)) == {"Vitrine 1", "Vitrine 2"}
    assert "Ajoutez un mot" in cut.text


def test_the_second_page_goes_on_where_the_first_one_ends(
    client: Client, echevine: User, spoc: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ServiceRequestAdmin, "list_per_page", 2)
    for number in range(5):
        row = brought_to("submitted", echevine, spoc, title=f"Numéro {number}")
        set_back(row, due_on=day(number))
    client.force_login(spoc)
    found = [titles(client.get(f"{reverse(QUEUE)}?p={page}")) for page in (1, 2, 3)]
    assert found == [["Numéro 0", "Numéro 1"], ["Numéro 2", "Numéro 3"], ["Numéro 4"]]
