"""How often the home page asks the database, in the demonstration."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.bars import HOME_QUERIES, PANELS_AT_HOME
from hubportal.accounts.demo import people
from hubportal.dashboard.panels import collect

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]


@pytest.mark.parametrize("key", PANELS_AT_HOME)
def test_the_home_page_asks_once_for_each_panel_and_six_times(key: str, client: Client) -> None:
    client.force_login(people()[key])
    assert client.get(reverse("home")).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("home"))
    assert len(queries) <= HOME_QUERIES + PANELS_AT_HOME[key]


@pytest.mark.parametrize("key", PANELS_AT_HOME)
def test_no_home_shows_more_panels_than_are_counted(key: str) -> None:
    shown = [panel for panels in collect("home", people()[key]).values() for panel in panels]
    assert len(shown) <= PANELS_AT_HOME[key]
