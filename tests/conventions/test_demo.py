"""The demonstration: 19 in force, a history before them, and nothing twice."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from conventions.models import (
    Amendment,
    Comment,
    Convention,
    ConventionEvent,
    ConventionTheme,
    Signatory,
    Theme,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]
MODELS = (Theme, Convention, ConventionTheme, Signatory, ConventionEvent)


def test_each_commune_has_one_in_force() -> None:
    in_force = Convention.objects.in_force().order_by("reference")
    assert [row.reference for row in in_force] == [f"CC-2025-{number:02d}" for number in range(1, 20)]
    assert in_force.filter(in_force_until=date(2030, 11, 30)).count() == 17
    assert in_force.filter(in_force_until=None).count() == 1


def test_it_tells_its_stories() -> None:
    states = sorted(row.state for row in Convention.objects.select_related("successor"))
    assert {state: states.count(state) for state in set(states)} == {
        "in_force": 18,
        "notice": 1,
        "expired": 16,
        "superseded": 3,
        "negotiation": 1,
        "to_sign": 1,
    }
    renewed = Convention.objects.get(status="negotiation")
    assert renewed.predecessor is not None
    assert renewed.predecessor.state == "notice"
    assert Comment.objects.filter(convention=renewed).open().count() == 2
    partly = Convention.objects.get(status="to_sign")
    assert [row.party for row in partly.signatories.filter(signed_on=None)] == ["agency", "agency"]
    amended, amending = (Amendment.objects.get(status=status) for status in ("signed", "negotiation"))
    assert (amended.convention.commune_id, amending.convention.commune_id) == ("21009", "21001")
    without = Convention.objects.in_force().exclude(themes__theme="chantier")
    assert [row.commune_id for row in without] == ["21010"]


def test_every_row_is_one_that_a_form_accepts() -> None:
    for model in MODELS[:-1]:
        for row in model.objects.order_by("pk"):
            row.full_clean()


def test_twice_changes_nothing() -> None:
    counts = [model.objects.count() for model in MODELS]
    call_command("load_demo", verbosity=0, stdout=StringIO())
    assert [model.objects.count() for model in MODELS] == counts


def test_the_steps_are_dated_like_the_signatures() -> None:
    for event in ConventionEvent.objects.filter(verb="record").select_related("subject"):
        assert event.subject.signed_on is not None
        assert event.at.date() > event.subject.signed_on
        assert event.at.year in (2019, 2020, 2025)
