"""The plan on the portal: proposed, agreed to, followed by both parties; a picture with its table twin."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from hubportal.accounts.models import User
from spoc.models import Measure, ServiceRequest, StandardMeasure
from tests.spoc.stories import brought_to, day, mails, measure_facts, planned

pytestmark = pytest.mark.django_db
OWN = {
    "from": "own",
    "title": "Navette <b>gratuite</b>",
    "phase": "during",
    "party": "commune",
    "who": "STIB",
}


@pytest.fixture
def works(echevine: User, spoc: User) -> ServiceRequest:
    """Roadworks in progress; the SPOC is in charge."""
    StandardMeasure.objects.load()
    return brought_to("in_progress", echevine, spoc, kind="chantier")


def at(name: str, row: ServiceRequest, *more: object) -> str:
    return reverse(f"spoc:{name}", args=[row.pk, *more])


def test_a_spoc_picks_from_the_library_and_the_commune_agrees(
    works: ServiceRequest, client: Client, echevine: User, spoc: User
) -> None:
    client.force_login(spoc)
    page = client.get(at("measure-new", works)).text
    assert page.count('name="standards"') == StandardMeasure.objects.filter(kind="chantier").count()
    data = {"from": "library", "standards": ["open-shops-signs", "reopening"]}
    assert client.post(at("measure-new", works), data).url == at("request-plan", works)
    client.force_login(echevine)
    page = client.get(at("request-detail", works)).text
    assert "marquer votre accord sur 2 mesures" in page
    for measure in works.measures.all():
        assert client.post(at("measure-step", works, measure.pk, "agree")).url == measure.get_absolute_url()
    assert set(works.measures.values_list("status", flat=True)) == {"agreed"}
    assert "Réalisées\N{NO-BREAK SPACE}: 0 sur 2" in client.get(at("request-detail", works)).text


def test_one_of_her_own_is_proposed_and_shown_as_it_was_typed(
    works: ServiceRequest, client: Client, echevine: User
) -> None:
    client.force_login(echevine)
    page = client.post(at("measure-new", works), {**OWN, "due_on": day(20).isoformat()}, follow=True).text
    assert "Navette &lt;b&gt;gratuite&lt;/b&gt;" in page
    assert "<b>gratuite</b>" not in page


def test_what_is_missing_is_said_at_its_field_and_nothing_is_kept(
    works: ServiceRequest, client: Client, echevine: User
) -> None:
    client.force_login(echevine)
    page = client.post(at("measure-new", works), {**OWN, "title": "", "due_on": day(-3).isoformat()}).text
    assert 'href="#id_title"' in page
    page = client.post(at("measure-new", works), {**OWN, "due_on": day(-3).isoformat()}).text
    assert "Ce jour est passé" in page
    assert "STIB" in page
    page = client.post(at("measure-new", works), {"from": "library"}).text
    assert "Cochez au moins une mesure." in page
    assert not works.measures.exists()


def test_a_step_says_what_is_wrong_and_keeps_what_was_typed(
    works: ServiceRequest, client: Client, echevine: User, spoc: User
) -> None:
    measure = planned(works, spoc)
    client.force_login(echevine)
    client.post(at("measure-step", works, measure.pk, "agree"))
    typed = {"done_on": day(3).isoformat(), "result": "38 commerçants"}
    page = client.post(at("measure-step", works, measure.pk, "finish"), typed).text
    assert "38 commerçants" in page
    assert 'href="#id_done_on"' in page
    page = client.post(
        at("measure-step", works, measure.pk, "finish"), typed | {"done_on": day(0).isoformat()}, follow=True
    ).text
    assert "38 commerçants" in page
    # A step that is not possible any more leads back, and says so.
    page = client.post(at("measure-step", works, measure.pk, "start"), follow=True).text
    assert 'role="status"' in page or 'role="alert"' in page
    assert client.get(at("measure-step", works, measure.pk, "fly")).status_code == 404


def test_a_measure_of_another_request_is_not_found(
    works: ServiceRequest, client: Client, echevine: User, spoc: User
) -> None:
    other = brought_to("in_progress", echevine, spoc)
    measure = planned(other, spoc)
    client.force_login(echevine)
    assert client.get(at("measure", works, measure.pk)).status_code == 404


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_the_picture_has_its_table(
    language: str, works: ServiceRequest, client: Client, echevine: User, spoc: User
) -> None:
    planned(works, spoc, title="<script>x</script>")
    client.force_login(echevine)
    with translation.override(language):
        page = client.get(at("request-plan", works)).text
    assert page.count("&lt;script&gt;x") >= 3
    assert "<script>x" not in page
    assert '<svg class="svg spans"' in page
    assert page.count("<tr>") == 3


def test_as_many_queries_for_twenty_measures_as_for_one(
    works: ServiceRequest, client: Client, echevine: User, spoc: User
) -> None:
    client.force_login(echevine)

    def count(name: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(name).status_code == 200
        return len(queries)

    addresses = [at("request-detail", works), at("request-plan", works), reverse("home")]
    planned(works, spoc)
    planned(works, spoc, title="", standard_id="events")
    for address in addresses:
        client.get(address)
    few = [count(address) for address in addresses]
    codes = StandardMeasure.objects.exclude(pk="events").values_list("pk", flat=True)
    for code in codes:
        planned(works, spoc, title="", standard_id=code)
    assert [count(address) for address in addresses] == few
    assert Measure.objects.count() > 20


def test_home_says_once_what_is_to_do_and_of_each_proposal_that_it_is_to_agree_to(
    works: ServiceRequest, client: Client, echevine: User, spoc: User
) -> None:
    to_do, to_agree = "pour chaque mesure convenue", "marquez votre accord"
    for number in (1, 2):
        planned(works, spoc, title=f"Convenue {number}", status="agreed", **measure_facts("agreed"))
    client.force_login(echevine)
    page = client.get(reverse("home")).text
    assert (page.count(to_do), page.count(to_agree)) == (1, 0)
    planned(works, spoc, title="Proposée", due_on=day(20))
    page = client.get(reverse("home")).text
    assert (page.count(to_do), page.count(to_agree)) == (1, 1)


def test_home_says_to_each_what_waits(
    works: ServiceRequest, client: Client, echevine: User, spoc: User
) -> None:
    planned(works, spoc)
    client.force_login(echevine)
    assert "Mesures qui vous attendent" in client.get(reverse("home")).text
    client.force_login(spoc)
    assert "Mesures qui nous attendent" not in client.get(reverse("home")).text


def test_a_proposed_measure_is_changed_on_its_page(
    client: Client, works: ServiceRequest, echevine: User
) -> None:
    measure = planned(works, echevine)
    client.force_login(echevine)
    address = reverse("spoc:measure-step", args=[works.pk, measure.pk, "change"])
    assert measure.title in client.get(address).content.decode()
    data = {
        "title": "Panneaux",
        "phase": "during",
        "party": "agency",
        "who": "",
        "due_on": day(12).isoformat(),
    }
    assert client.post(address, data).status_code == 302
    measure.refresh_from_db()
    assert (measure.title, measure.phase, measure.party, measure.due_on) == (
        "Panneaux",
        "during",
        "agency",
        day(12),
    )
    wrong = client.post(address, {**data, "due_on": day(-3).isoformat()})
    assert set(wrong.context["form"].errors) == {"due_on"}


def test_many_measures_are_agreed_to_at_once_with_one_mail(
    client: Client, works: ServiceRequest, echevine: User, spoc: User
) -> None:
    first, second, third = (planned(works, spoc, title=f"Mesure {number}") for number in range(3))
    client.force_login(echevine)
    address = at("measures-agree", works)
    assert client.get(address).text.count(" checked") == 3
    data = {"measures": [f"{first.pk}-0", f"{second.pk}-0"]}
    assert client.post(address, data).url == at("request-plan", works)
    assert list(works.measures.order_by("pk").values_list("status", flat=True)) == [
        "agreed",
        "agreed",
        "proposed",
    ]
    (mail,) = mails("measures_agreed")
    assert mail.person == spoc
    assert "Mesure 1" in mail.text
    assert mails("measure_moved") == []
    assert third.title not in mail.text


def test_of_many_one_that_was_changed_meanwhile_is_read_again(
    client: Client, works: ServiceRequest, echevine: User, spoc: User
) -> None:
    first, second = (planned(works, spoc, title=f"Mesure {number}") for number in range(2))
    client.force_login(echevine)
    second.change(by=spoc, due_on=day(40), party="agency")
    response = client.post(at("measures-agree", works), {"measures": [f"{first.pk}-0", f"{second.pk}-0"]})
    assert set(response.context["form"].errors) == {"measures"}
    assert set(works.measures.values_list("status", flat=True)) == {"proposed"}
    assert mails("measures_agreed") == []


def test_nothing_to_agree_to_leads_back_to_the_plan(
    client: Client, works: ServiceRequest, echevine: User, spoc: User
) -> None:
    planned(works, echevine)
    client.force_login(echevine)
    assert client.get(at("measures-agree", works)).url == at("request-plan", works)
    assert client.post(at("measures-agree", works), {"measures": ["1-0"]}).url == at("request-plan", works)
