"""What a director reads of requests: open, late, and how soon communes had a first answer."""

import pytest
from django.test import Client
from django.utils import timezone

from hubportal.businessdays import add_business_days
from spoc.figures import DAYS, figures
from spoc.models import Kind, ServiceRequest
from tests.cast import COMMUNE_B, Cast
from tests.spoc.stories import ago, brought_to, day, set_back

pytestmark = pytest.mark.django_db


def answered_after(row: ServiceRequest, days: int, *, since: int = 30) -> None:
    """Let a request be submitted some days ago, and have its first answer so many working days later."""
    asked = ago(since)
    wait = add_business_days(timezone.localdate(asked), days) - timezone.localdate(asked)
    set_back(row, submitted_at=asked, answered_at=asked + wait)


def test_open_late_and_the_median_wait_are_told_by_service_and_in_all(cast: Cast) -> None:
    for days in (1, 2, 9):
        answered_after(brought_to("accepted", cast.echevine, cast.spoc), days)
    late = brought_to("accepted", cast.stranger, cast.lead, commune=COMMUNE_B, kind="development")
    set_back(late, due_on=day(-3))
    answered_after(late, 4)
    rows, every = figures(cast.director)
    audit, development, chantier = (
        next(row for row in rows if row.label == kind.label)
        for kind in (Kind.AUDIT, Kind.DEVELOPMENT, Kind.CHANTIER)
    )
    assert audit[1:] == (3, 0, 3, 2)
    assert development[1:] == (1, 1, 1, 4)
    assert chantier[1:] == (0, 0, 0, None)
    assert every[1:] == (4, 1, 4, 3)


def test_answers_of_more_than_ninety_days_ago_and_the_agencys_own_requests_do_not_count(cast: Cast) -> None:
    old = brought_to("declined", cast.echevine, cast.spoc)
    answered_after(old, 1, since=DAYS + 10)
    brought_to("submitted", cast.spoc, cast.echevine, direction="to_commune")
    _rows, every = figures(cast.director)
    assert every[1:] == (0, 0, 0, None)


def test_only_a_director_has_the_figures_at_home(client: Client, cast: Cast) -> None:
    template = "spoc/panels/figures.html"
    for person, expected in ((cast.director, True), (cast.lead, False), (cast.echevine, False)):
        client.force_login(person)
        response = client.get("/en/")
        shown = {panel.template for area in response.context["panels"].values() for panel in area}
        assert (template in shown) is expected


def test_without_a_request_it_says_so(client: Client, cast: Cast) -> None:
    client.force_login(cast.director)
    text = client.get("/en/").content.decode()
    assert "0 requests are open." in text
    assert "Nobody was answered in the last 90 days." in text
