"""The columns of the coverage matrix: how far the last edition came in each commune, and who acknowledged it."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from hubportal.accounts.models import Role, User
from hubportal.dashboard.panels import Column
from mailings import panels
from mailings.models import Delivery
from tests.cast import COMMUNE_A, COMMUNE_B, MandateFactory
from tests.mailings.leaving import marked, page, sent, serve
from tests.mailings.made import brought_to, person

pytestmark = pytest.mark.django_db


def columns(user: User) -> tuple[Column, Column]:
    """Return the two columns, in English."""
    with translation.override("en"):
        accepted, acknowledged = panels.columns(user)
    return accepted, acknowledged


def test_each_commune_has_what_was_accepted_of_how_many(echevine: User, stranger: User) -> None:
    MandateFactory(bourgmestre=True)
    row = sent()
    marked(Delivery.objects.get(address=stranger.email), "bounced", 250, "queued")
    accepted, _acknowledged = columns(person(Role.SPOC))
    assert accepted.cells[COMMUNE_A].text == "2 / 2"
    assert "0 / 1" in accepted.cells[COMMUNE_B].text
    assert "tag--bad" in accepted.cells[COMMUNE_B].text
    assert accepted.cells[COMMUNE_A].url.endswith(f"/mailings/{row.number}/sending/")


def test_a_commune_that_nobody_was_written_to_in_says_so(echevine: User) -> None:
    sent()
    accepted, acknowledged = columns(person(Role.SPOC))
    assert "Nobody to write to" in accepted.cells[COMMUNE_B].text
    assert COMMUNE_B not in acknowledged.cells


def test_each_commune_has_how_many_acknowledged_it(echevine: User) -> None:
    MandateFactory(trade=True)
    row = sent()
    Delivery.objects.get(address=echevine.email).acknowledge(by=echevine)
    _accepted, acknowledged = columns(person(Role.SPOC))
    assert acknowledged.cells[COMMUNE_A].text == "1 / 2"
    assert f"/mailings/{row.number}/" in acknowledged.cells[COMMUNE_A].url


def test_it_is_about_the_last_edition_that_was_sent(echevine: User) -> None:
    row = sent()
    brought_to("sending")
    accepted, _acknowledged = columns(person(Role.SPOC))
    assert f"/mailings/{row.number}/" in accepted.cells[COMMUNE_A].url


def test_before_the_first_edition_there_is_no_column(echevine: User) -> None:
    assert panels.columns(person(Role.SPOC)) == []


@pytest.mark.parametrize("who", ["echevine", "cabinet"])
def test_others_have_no_column(who: str, echevine: User, cabinet: User) -> None:
    sent()
    assert panels.columns({"echevine": echevine, "cabinet": cabinet}[who]) == []


def test_they_ask_as_often_for_twenty_people_as_for_one(echevine: User) -> None:
    def queries() -> int:
        reader = User.objects.get(pk=person(Role.SPOC).pk)
        with CaptureQueriesContext(connection) as found:
            columns(reader)
        return len(found)

    row = sent()
    few = queries()
    for number in range(20):
        extra = Delivery.objects.create(
            mailing=row, address=f"x{number}@x.example", language="fr", message_id=f"<x{number}@x>"
        )
        serve(extra, MandateFactory(trade=True))
    assert queries() == few


def test_the_matrix_of_the_agency_shows_them(client: Client, echevine: User) -> None:
    row = sent()
    client.force_login(person(Role.SPOC))
    html = page(client.get(reverse("communes:coverage")))
    assert reverse("mailings:progress", args=[row.number]) in html
