"""The coverage matrix: a row for each of the 19, columns from the apps, each asked of the database at once."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communes.models import Commune
from hubportal.accounts.models import User
from tests.conventions.agreements import shared
from tests.conventions.drafts import recorded

pytestmark = pytest.mark.django_db


def test_each_of_the_19_has_the_state_of_its_convention_and_whom_to_call(
    client: Client, lead: User, spoc: User
) -> None:
    convention, following = recorded(), shared(commune="21002")
    client.force_login(lead)

    def page() -> str:
        return client.get(reverse("communes:coverage")).content.decode()

    page()
    with CaptureQueriesContext(connection) as few:
        html = page()
    assert html.count('<th scope="row">') == 19
    assert html.count("tag--bad") == 18
    assert f'href="{convention.get_absolute_url()}"' in html
    assert f'href="{following.get_absolute_url()}"' in html
    assert spoc.full_name in html
    for commune in Commune.objects.exclude(pk="21001"):
        recorded(commune.pk, f"CC-2025-{commune.pk}")
    with CaptureQueriesContext(connection) as many:
        html = page()
    assert html.count("tag--good") == 19
    assert len(few) == len(many)


def test_the_list_of_communes_leads_the_agency_there(client: Client, spoc: User, echevine: User) -> None:
    for person, leads in ((spoc, True), (echevine, False)):
        client.force_login(person)
        html = client.get(reverse("communes:list")).content.decode()
        assert (reverse("communes:coverage") in html) is leads
