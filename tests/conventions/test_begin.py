"""A lead begins a convention: the outline is copied, in both languages, and is whole from the first minute."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from communes.models import Commune
from conventions.legislature import legislature_of
from conventions.models import ArticleRevision, Convention
from hubportal.accounts.models import User
from tests.conventions.drafts import a_draft

pytestmark = pytest.mark.django_db


def test_it_has_the_18_articles_in_both_languages(lead: User, commune_a: Commune) -> None:
    draft = Convention.objects.begin(commune=commune_a, by=lead)
    articles = list(draft.articles.order_by("number"))
    assert [row.number for row in articles] == list(range(1, 19))
    assert (articles[0].key, articles[0].title_fr, articles[0].title_nl) == ("parties", "Parties", "Partijen")
    # Not even a difference in how they are built.
    assert draft.findings() == []
    assert draft.status == "draft"
    assert ArticleRevision.objects.filter(convention=draft, by=lead, kind="added").count() == 18


def test_it_ends_with_the_legislature_and_takes_the_next_reference(lead: User, commune_a: Commune) -> None:
    first = Convention.objects.begin(commune=commune_a, by=lead)
    second = Convention.objects.begin(commune=commune_a, by=lead)
    year = first.reference.split("-")[1]
    assert (first.reference, second.reference) == (f"CC-{year}-01", f"CC-{year}-02")
    assert first.in_force_until == legislature_of(timezone.localdate()).ends_on


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2024, 12, 1), date(2024, 12, 1), date(2030, 11, 30)),
        (date(2030, 11, 30), date(2024, 12, 1), date(2030, 11, 30)),
        (date(2030, 12, 1), date(2030, 12, 1), date(2036, 11, 30)),
        (date(2020, 3, 15), date(2018, 12, 1), date(2024, 11, 30)),
    ],
)
def test_legislatures(day: date, first: date, last: date) -> None:
    assert legislature_of(day) == (first, last)


def test_a_reference_may_be_chosen_once(lead: User, commune_a: Commune) -> None:
    a_draft("21002", "CC-2026-77")
    assert (
        Convention.objects.begin(commune=commune_a, by=lead, reference="CC-2026-78").reference == "CC-2026-78"
    )
    with pytest.raises(ValidationError) as caught:
        Convention.objects.begin(commune=commune_a, by=lead, reference="CC-2026-77")
    assert list(caught.value.message_dict) == ["reference"]
    with pytest.raises(ValidationError):
        Convention.objects.begin(commune=commune_a, by=lead, reference="cc 1")


@pytest.mark.parametrize("person", ["spoc", "editor", "director", "echevine", "cabinet"])
def test_nobody_else_begins_one(person: str, commune_a: Commune, request: pytest.FixtureRequest) -> None:
    with pytest.raises(PermissionDenied):
        Convention.objects.begin(commune=commune_a, by=request.getfixturevalue(person))
    assert not Convention.objects.exists()
