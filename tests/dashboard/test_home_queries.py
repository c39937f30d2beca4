"""How often the home page asks the database, in the demonstration."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hubportal.accounts.demo import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]

MOST = {"echevine": 19, "spoc": 24, "lead": 22, "director": 19}
"""Each panel asks about once; what is left out because there is nothing to say has asked, too."""


@pytest.mark.parametrize("key", MOST)
def test_the_home_page_asks_no_more_than_it_did(key: str, client: Client) -> None:
    client.force_login(people()[key])
    assert client.get(reverse("home")).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("home"))
    assert len(queries) <= MOST[key]
