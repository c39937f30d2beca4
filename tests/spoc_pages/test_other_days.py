"""The pages on which other days for measures are proposed and agreed to."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hubportal.accounts.models import User
from spoc.models import Measure, ServiceRequest
from tests.spoc.stories import brought_to, day, mails, planned

pytestmark = pytest.mark.django_db


@pytest.fixture
def works(echevine: User, spoc: User) -> ServiceRequest:
    """Roadworks in progress; the SPOC is in charge."""
    return brought_to("in_progress", echevine, spoc, kind="chantier")


def at(name: str, row: ServiceRequest, *more: object) -> str:
    return reverse(f"spoc:{name}", args=[row.pk, *more])


def test_the_commune_names_another_day_and_the_spoc_agrees(
    client: Client, works: ServiceRequest, echevine: User, spoc: User
) -> None:
    measure = planned(works, spoc, title="Navette")
    client.force_login(echevine)
    assert "proposez une autre date" in client.get(measure.get_absolute_url()).text
    step = at("measure-step", works, measure.pk, "counter")
    assert client.post(step, {"due_on": day(20).isoformat(), "reason": "Marché."}).url
    page = client.get(measure.get_absolute_url()).text
    assert f"L’échéance était le {day(10):%d.%m.%Y}" in page
    assert "Marché." in page
    assert "doit marquer son accord" in page
    assert measure.get_absolute_url() not in client.get(reverse("home")).text
    client.force_login(spoc)
    assert "une autre date a été proposée" in client.get(measure.get_absolute_url()).text
    assert "une autre date a été proposée" in client.get(reverse("home")).text
    client.post(at("measure-step", works, measure.pk, "agree"), {"version": 1})
    measure.refresh_from_db()
    assert (measure.status, measure.due_on) == ("agreed", day(20))


def test_days_of_many_are_changed_on_one_page(
    client: Client, works: ServiceRequest, echevine: User, spoc: User
) -> None:
    one, two = (planned(works, spoc, title=title) for title in ("Navette", "Panneaux"))
    client.force_login(echevine)
    assert at("measures-counter", works) in client.get(at("measures-agree", works)).text
    data = {f"day-{one.pk}": day(20).isoformat(), f"day-{two.pk}": day(10).isoformat()}
    data |= {f"version-day-{measure.pk}": "0" for measure in (one, two)}
    for _click in range(2):
        assert client.post(at("measures-counter", works), data).url == at("request-plan", works)
    assert [row.is_countered for row in Measure.objects.order_by("pk")] == [True, False]
    assert len(mails("measures_countered")) == 1
    page = client.get(at("measures-counter", works)).text
    assert f"Vous avez proposé\xa0: pour le {day(20):%d.%m.%Y}" in page
    assert f"Proposé\xa0: pour le {day(10):%d.%m.%Y}" in page


@pytest.mark.parametrize(
    ("name", "when", "words"),
    [("0", 10, "au moins une mesure"), ("0", -1, "Ce jour est passé"), ("4", 20, "vient d’être modifiée")],
)
def test_what_is_wrong_is_said_and_nothing_is_sent(
    name: str, when: int, words: str, client: Client, works: ServiceRequest, echevine: User, spoc: User
) -> None:
    measure = planned(works, spoc)
    client.force_login(echevine)
    data = {f"day-{measure.pk}": day(when).isoformat(), f"version-day-{measure.pk}": name}
    data["reason"] = "Gel <b>fort</b>"
    page = client.post(at("measures-counter", works), data).text
    assert words in page
    assert "Gel &lt;b&gt;fort&lt;/b&gt;" in page
    assert not mails("measures_countered")


def test_who_proposed_all_that_waits_is_led_back(client: Client, works: ServiceRequest, spoc: User) -> None:
    planned(works, spoc)
    client.force_login(spoc)
    assert client.get(at("measures-counter", works)).url == at("request-plan", works)


def test_who_proposed_it_does_not_change_over_an_answer_that_they_have_not_read(
    client: Client, works: ServiceRequest, echevine: User, spoc: User
) -> None:
    measure = planned(works, spoc, title="Navette")
    client.force_login(spoc)
    step = at("measure-step", works, measure.pk, "change")
    page = client.get(step)
    typed = {"title": "Navette", "phase": "before", "party": "commune", "due_on": day(12).isoformat()}
    typed["version"] = page.context["form"].initial["version"]
    measure.counter(by=echevine, due_on=day(20))
    answer = client.post(step, typed)
    assert answer.status_code == 200
    again = answer.context["form"].data["version"]
    assert client.post(step, typed | {"version": again}).status_code == 302
    measure.refresh_from_db()
    assert (measure.due_on, measure.is_countered) == (day(12), False)


def test_as_many_queries_for_twenty_measures_as_for_one(
    client: Client, works: ServiceRequest, echevine: User, spoc: User
) -> None:
    client.force_login(echevine)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(at("measures-counter", works)).status_code == 200
        return len(queries)

    planned(works, spoc)
    count()
    few = count()
    for number in range(19):
        planned(works, spoc, title=f"Navette {number}")
    assert count() == few
