"""What the file of a new college holds of a person is told to them, and forgotten with them."""

import json
from collections.abc import Iterator

import pytest
from django.utils import translation

from communes import people
from communes.models import CollegeTransition
from hubportal.accounts.forgetting import about, as_json_text, erase, known, subject_of
from hubportal.accounts.models import User
from tests.communes.colleges import MAYOR, NADIA, a_lead, a_transition, kept

pytestmark = pytest.mark.django_db
OTHER = kept(first_name="Max", last_name="Neuf", email="max@a.example", phone="02 000 00 21")
SECTION = "communes.collegetransition.rows"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def lines(row: CollegeTransition) -> list[tuple[str, str, str]]:
    """Return name, address and telephone of each line."""
    row.refresh_from_db()
    return [(line["last_name"], line["email"], line["phone"]) for line in row.rows]


def test_an_address_is_told_and_forgotten_in_files_that_were_applied_or_not() -> None:
    mayor = kept(**MAYOR, phone="02 000 00 20")
    row = a_transition(mayor, OTHER)
    subject = subject_of(MAYOR["email"].upper())
    (told,) = json.loads(as_json_text(known(subject)))[SECTION]
    assert (told["office"], told["email"], told["phone"]) == ("bourgmestre", MAYOR["email"], "02 000 00 20")
    assert "max@a.example" not in as_json_text(known(subject))
    erase(subject)
    assert lines(row) == [("Nouvelle", "", ""), ("Neuf", "max@a.example", "02 000 00 21")]
    assert SECTION not in as_json_text(known(subject))


def test_a_person_is_found_without_the_address_of_the_file(echevine: User) -> None:
    """In an applied file by the mandate that the line began, before that as the member of the college they are."""
    by_name = kept(**{**NADIA, "email": "", "rank": 1, "portfolios": []}, phone="02 000 00 22")
    draft = a_transition(kept(**MAYOR), by_name, OTHER)
    assert [told["phone"] for told in json.loads(as_json_text(known(about(echevine))))[SECTION]] == [
        "02 000 00 22"
    ]
    draft.apply(by=a_lead(), seen=draft.turnover().digest)
    User.objects.filter(pk=echevine.pk).update(email="elsewhere@a.example")
    echevine.refresh_from_db()
    assert people.erase(about(echevine)) == 1
    assert lines(draft)[1:] == [("Échevine", "", ""), ("Neuf", "max@a.example", "02 000 00 21")]
