"""A lead renews: a draft that follows, with the same text, linked both ways; one only."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from conventions.legislature import legislature_of
from conventions.models import Convention
from hubportal.accounts.models import User
from tests.conventions.agreements import agree_both, sign_all, signed, with_signatories
from tests.conventions.drafts import days, recorded

pytestmark = pytest.mark.django_db


def test_the_text_is_copied_and_linked(lead: User) -> None:
    first = signed(first_day=days(-10))
    draft = first.renew(by=lead)
    assert (draft.status, draft.predecessor, first.successor) == ("draft", first, draft)
    assert draft.reference != first.reference
    texts = [[row.texts for row in side.articles.order_by("number")] for side in (first, draft)]
    assert texts[0] == texts[1]
    assert [row.texts for row in draft.themes.all()] == [row.texts for row in first.themes.all()]
    assert first.in_force_until is not None
    assert draft.in_force_from == first.in_force_until + timedelta(days=1)
    assert draft.in_force_until == legislature_of(draft.in_force_from).ends_on
    event = first.events.last()
    assert event is not None
    assert (event.verb, event.comment, first.status) == ("renew", draft.reference, "signed")


def test_the_copy_is_free_to_change(lead: User) -> None:
    first = signed(first_day=days(-10))
    draft = first.renew(by=lead)
    draft.articles.get(number=1).revise(by=lead, version=1, body_fr="Autre.")
    assert first.articles.get(number=1).body_fr != "Autre."
    assert first.is_unaltered()


def test_one_that_was_recorded_from_paper_begins_with_the_outline(lead: User) -> None:
    draft = recorded().renew(by=lead)
    assert draft.articles.count() == 18
    assert draft.themes.count() == 1


def test_a_second_one_is_refused(lead: User) -> None:
    first = recorded()
    draft = first.renew(by=lead)
    assert not first.can_be_renew_by(lead)
    with pytest.raises(ValidationError, match=draft.reference):
        first.renew(by=lead)
    assert Convention.objects.count() == 2


def test_unless_the_first_was_abandoned(lead: User) -> None:
    first = recorded()
    draft = first.renew(by=lead)
    draft.abandon(by=lead, reason="Erreur")
    first.refresh_from_db()
    second = first.renew(by=lead)
    assert (second.predecessor, draft.predecessor) == (first, None)


def test_a_draft_that_follows_takes_nothing_over(lead: User) -> None:
    first = recorded(in_force_until=days(-1))
    first.renew(by=lead)
    first = Convention.objects.get(pk=first.pk)
    assert first.state == "expired"
    assert list(Convention.objects.expired()) == [first]


def test_once_signed_it_supersedes_on_its_first_day(lead: User) -> None:
    first = recorded()
    draft = first.renew(by=lead)
    draft.set_term(by=lead, in_force_from=days(5))
    with_signatories(draft, lead)
    draft.share(by=lead)
    agree_both(draft)
    draft.freeze(by=lead)
    sign_all(draft)
    first.refresh_from_db()
    assert (first.in_force_until, draft.predecessor) == (days(4), first)
    assert first.is_in_force(days(4))
    assert first.state_on(days(5)) == "superseded"


@pytest.mark.parametrize("person", ["spoc", "editor", "echevine", "cabinet"])
def test_nobody_else_renews(person: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(PermissionDenied):
        recorded().renew(by=request.getfixturevalue(person))
    assert Convention.objects.count() == 1
