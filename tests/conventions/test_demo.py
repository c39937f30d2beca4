"""The demonstration: 19 in force, a history before them, and nothing twice."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from conventions.models import (
    Amendment,
    Comment,
    Convention,
    ConventionEvent,
    ConventionTheme,
    Evidence,
    Signatory,
    Theme,
)
from conventions.models.consolidated import consolidated
from conventions.todo import lines
from hubportal.accounts.demo import people
from hubportal.outbox.models import OutboxMessage
from tests.conventions.agreements import sign_all

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]
MODELS = (Theme, Convention, ConventionTheme, Signatory, Amendment, Comment, Evidence, ConventionEvent)


def test_each_commune_has_one_in_force() -> None:
    in_force = Convention.objects.in_force().order_by("commune")
    present = [row for row in in_force if row.reference.startswith("CC-2025-")]
    assert [row.commune_id for row in in_force] == [f"{nis}" for nis in range(21001, 21020)]
    assert len(present) == 17
    # Where the present one is not signed yet, the former one goes on.
    assert [row.commune_id for row in in_force if row not in present] == ["21008", "21016"]
    assert in_force.filter(in_force_until=date(2030, 11, 30)).count() == 15


def test_it_tells_its_stories() -> None:
    states = sorted(row.state for row in Convention.objects.select_related("successor"))
    assert {state: states.count(state) for state in set(states)} == {
        "in_force": 18,
        "notice": 1,
        "superseded": 17,
        "negotiation": 1,
        "to_sign": 1,
    }
    without = Convention.objects.in_force().exclude(themes__theme="chantier")
    assert [row.commune_id for row in without] == ["21010"]


def test_the_19_of_the_former_legislature_were_signed_in_2019_ixelles_last() -> None:
    former = Convention.objects.binding().filter(in_force_from__lt=date(2025, 1, 1)).order_by("signed_on")
    assert len({row.commune_id for row in former}) == former.count() == 19
    *others, last = former
    assert last.commune_id == "21009"
    assert date(2020, 3, 10) <= (last.signed_on or date.max) <= date(2020, 3, 20)
    assert {row.signed_on.year for row in others if row.signed_on} == {2019}


def test_one_is_negotiated_and_waits_for_its_bourgmestre() -> None:
    convention = Convention.objects.get(status="negotiation")
    mayor = people()["bourgmestre"]
    (line,) = lines([convention], mayor)
    assert line.next is not None
    assert line.next.is_mine
    comments = Comment.objects.filter(convention=convention)
    assert comments.filter(author=mayor).exists()
    assert 0 < comments.open().count() < comments.count()
    edited = convention.revisions.get(kind="edited")
    assert convention.revisions.filter(article=edited.article, kind="added").get().at < edited.at
    assert edited.at < timezone.now() - timedelta(days=2)
    assert convention.findings() == []


def test_one_is_signed_by_two_of_four_on_the_text_that_was_frozen() -> None:
    convention = Convention.objects.get(status="to_sign")
    assert convention.is_unaltered()
    signatories = convention.signatories.order_by("pk")
    assert [bool(row.signed_on) for row in signatories] == [True, True, False, False]
    assert all(row.evidence.content_hash == convention.content_hash for row in signatories[:2])
    verbs = [row.verb for row in convention.events.order_by("at", "pk")]
    assert verbs == ["share", "agree", "agree", "freeze", "sign", "sign"]
    # Its last two signatures end the former one the day before.
    sign_all(convention)
    former = Convention.objects.get(successor=convention)
    assert former.in_force_until == (convention.in_force_from or date.max) - timedelta(days=1)


def test_one_has_an_amendment_that_is_in_force() -> None:
    (amendment,) = Amendment.objects.in_force()
    assert amendment.convention.commune_id == "21010"
    assert amendment.is_unaltered()
    assert [row.title_nl for row in consolidated(amendment.convention, timezone.localdate())][
        -1
    ] == amendment.title_nl
    assert {row.at.date() < timezone.localdate() for row in amendment.events.all()} == {True}


def test_nobody_finds_mails_about_agreements_of_days_gone_by() -> None:
    assert not OutboxMessage.objects.filter(kind__startswith="convention").exists()


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
