"""Concerns, notes and answers in numbers: the same as the lists and tables show, and nothing that tells who it was."""

import html
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hubportal.businessdays import add_business_days
from spoc.faq.figures import Days, figures, years
from spoc.models import Concern, RelayNote
from tests.cast import Cast
from tests.spoc.concerns.stories import answered, of_communes, qualified, relayed, retention
from tests.spoc.faq.answers import for_all, given
from tests.spoc.faq.test_list import listed, read_csv

pytestmark = pytest.mark.django_db


def set_back(row: Concern | RelayNote, **moments: object) -> None:
    """Let something have happened on other days."""
    with retention():
        type(row).objects.filter(pk=row.pk).update(**moments)


def test_figures_lists_and_tables_agree(client: Client, cast: Cast) -> None:
    for_all(cast.echevine, cast.spoc, cast.lead)
    given(cast.delegate, cast.spoc, cast.lead)
    answered(cast.echevine, cast.spoc, cast.lead, title="Autre")
    for person in (cast.lead, cast.cabinet, cast.echevine, cast.stranger):
        for place in figures(person).places:
            rows = listed(client, person, state=place.state)
            assert (place.number, place.number) == (len(rows), len(read_csv(client, state=place.state)) - 1)


def test_open_concerns_by_theme_are_those_that_the_reader_may_see(cast: Cast) -> None:
    qualified(cast.echevine, cast.spoc)
    qualified(cast.stranger, cast.lead, commune="21002", is_shareable=True, title="Terrassen")
    for person in (cast.lead, cast.echevine, cast.stranger):
        (line,) = figures(person).themes
        assert line.open == Concern.objects.visible_to(person).open().filter(theme=line.theme).count()
    (line,) = figures(cast.stranger).themes
    assert (line.open, line.reach.communes) == (1, 1)


def test_a_figure_leads_to_the_concerns_that_it_counts(client: Client, cast: Cast) -> None:
    qualified(cast.echevine, cast.spoc)
    qualified(cast.stranger, cast.lead, commune="21002", is_shareable=True, title="Terrassen")
    for person, count in ((cast.lead, 2), (cast.spoc, 2), (cast.echevine, 2), (cast.stranger, 1)):
        client.force_login(person)
        page = client.get(reverse("spoc:answer-figures")).content.decode()
        found = re.search(rf'href="({reverse("spoc:concern-list")}\?[^"]+)"', page)
        assert found
        assert len(client.get(html.unescape(found[1])).context["lines"]) == count


@pytest.mark.parametrize(("hidden", "counted"), [(1, 0), (2, 0), (3, 3), (4, 3), (5, 3)])
def test_below_three_communes_nothing_is_counted_for_another_one(
    hidden: int, counted: int, client: Client, cast: Cast
) -> None:
    of_communes(hidden)
    reach = [line.reach.communes for line in figures(cast.stranger).themes]
    assert reach == ([counted] if counted else [])
    client.force_login(cast.stranger)
    page = client.get(reverse("spoc:answer-figures")).content.decode()
    assert ("au moins" in page or "minstens" in page) == bool(counted)


def test_the_agency_counts_them_all(cast: Cast) -> None:
    of_communes(2)
    (line,) = figures(cast.lead).themes
    assert (line.open, line.reach.communes, line.reach.is_exact) == (2, 2, True)


def test_the_cabinet_learns_of_notes_and_answers_only(cast: Cast) -> None:
    answered(cast.echevine, cast.spoc, cast.lead)
    found = figures(cast.cabinet)
    assert (found.raised, found.themes, found.relayed.number) == (0, [], 0)
    assert found.notes == Days(1, 0)


def test_a_commune_learns_nothing_of_notes(cast: Cast) -> None:
    answered(cast.echevine, cast.spoc, cast.lead)
    found = figures(cast.echevine)
    assert (found.notes, found.waiting, found.raised) == (None, 0, 1)


def test_waits_are_medians_of_business_days(cast: Cast) -> None:
    now = timezone.now()
    for number, (to_relay, to_answer) in enumerate([(1, 2), (2, 9), (6, 4)]):
        row, note, _answer = answered(cast.echevine, cast.spoc, cast.lead, title=f"Terrasses {number}")
        begun = now - timedelta(days=60)
        day = timezone.localdate(begun)
        sent = begun + (add_business_days(day, to_relay) - day)
        done = sent + (add_business_days(timezone.localdate(sent), to_answer) - timezone.localdate(sent))
        set_back(row, raised_at=begun, relayed_at=sent, answered_at=done)
        set_back(note, sent_at=sent, answered_at=done)
    found = figures(cast.lead)
    assert found.relayed == Days(3, 2)
    assert found.notes == Days(3, 4)
    assert found.told == Days(3, 10)


def test_a_year_counts_by_itself(client: Client, cast: Cast) -> None:
    row, note = relayed(cast.echevine, cast.spoc, cast.lead)
    long_ago = timezone.now().replace(year=2024, month=5, day=14)
    set_back(row, raised_at=long_ago, relayed_at=long_ago)
    set_back(note, sent_at=long_ago)
    assert years(cast.lead) == list(range(timezone.localdate().year, 2023, -1))
    assert (figures(cast.lead).raised, figures(cast.lead, 2024).raised, figures(cast.lead, 2025).raised) == (
        0,
        1,
        0,
    )
    client.force_login(cast.lead)
    page = client.get(reverse("spoc:answer-figures"), {"year": "2024"})
    assert page.context["figures"].raised == 1


@pytest.mark.parametrize("year", ["1999", "abc", "99999999"])
def test_a_year_that_is_not_offered_is_said_and_counts_nothing_else(
    year: str, client: Client, cast: Cast
) -> None:
    client.force_login(cast.lead)
    page = client.get(reverse("spoc:answer-figures"), {"year": year})
    assert page.context["form"].errors.keys() == {"year"}


def test_it_asks_as_often_whatever_there_is(client: Client, cast: Cast) -> None:
    def queries() -> list[int]:
        counts = []
        for person in (cast.lead, cast.stranger, cast.cabinet):
            client.force_login(person)
            client.get(reverse("spoc:answer-figures"))
            with CaptureQueriesContext(connection) as asked:
                client.get(reverse("spoc:answer-figures"))
            counts.append(len(asked))
        return counts

    for_all(cast.echevine, cast.spoc, cast.lead)
    few = queries()
    of_communes(6, is_shareable=True)
    for number in range(1, 6):
        for_all(cast.echevine, cast.spoc, cast.lead, number)
    assert queries() == few
