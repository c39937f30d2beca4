"""One's own details."""

import pytest
from django.test import Client
from django.urls import reverse

from hubportal.accounts.models import User

pytestmark = pytest.mark.django_db

DETAILS = {
    "first_name": "Nadia",
    "last_name": "Autre",
    "phone": "02 000 00 42",
    "language": "nl",
    "content_language": "",
}


def test_a_person_changes_their_details(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    response = client.post(reverse("accounts:details"), DETAILS)
    assert response.headers["Location"].startswith("/nl/")
    echevine.refresh_from_db()
    assert (echevine.last_name, echevine.phone, echevine.content_language) == ("Autre", "02 000 00 42", "")


def test_the_address_and_the_access_are_not_theirs_to_change(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    client.post(reverse("accounts:details"), DETAILS | {"email": "x@y.example", "is_active": ""})
    echevine.refresh_from_db()
    assert (echevine.email, echevine.is_active) == ("echevine@anderlecht.example", True)


def test_a_refused_form_does_not_rename_the_masthead(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    response = client.post(reverse("accounts:details"), DETAILS | {"phone": "appelez-moi"})
    assert response.context["form"].errors
    assert response.context["user"].last_name == "Échevine"


def test_somebody_whose_mandate_ended_reads_their_own_details(client: Client, ended: User) -> None:
    client.force_login(ended)
    assert client.get(reverse("accounts:details")).status_code == 200
