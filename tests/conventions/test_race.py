"""Two people at once: of an edit and a freeze, and of two amendments, neither loses nor mixes anything."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from communes.models import Commune
from conventions.models import Amendment, Article, Convention, TextConflictError
from hubportal.workflow import TransitionError
from tests.atonce import at_once
from tests.conventions.agreements import a_lead, agree_both, frozen, shared, signed
from tests.conventions.drafts import days
from tests.conventions.pages import step

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("refilled")]


def test_an_edit_and_a_freeze_never_mix() -> None:
    convention = shared()
    agree_both(convention)
    lead = a_lead()
    one, other = Convention.objects.get(pk=convention.pk), convention.articles.get(number=2)
    found = at_once(
        lambda: one.freeze(by=lead), lambda: other.revise(by=lead, version=1, body_fr="Autre chose.")
    )
    convention.refresh_from_db()
    if convention.status == "to_sign":
        assert isinstance(found[1], TransitionError)
        assert convention.is_unaltered()
    else:
        # The edit was first: what the parties had agreed to was void, so nothing could be frozen.
        assert found[1] is True
        assert isinstance(found[0], ValidationError)


def test_of_two_edits_one_is_told_of_the_other() -> None:
    row = shared().articles.get(number=2)
    lead, twin = a_lead(), Article.objects.get(pk=row.pk)
    found = at_once(
        lambda: row.revise(by=lead, version=1, body_fr="Un."),
        lambda: twin.revise(by=lead, version=1, body_fr="Deux."),
    )
    assert sorted(type(result).__name__ for result in found) == ["TextConflictError", "bool"]
    conflict = next(result for result in found if isinstance(result, TextConflictError))
    kept = Article.objects.get(pk=row.pk).body_fr
    assert {conflict.mine["body_fr"], conflict.theirs["body_fr"]} == {"Un.", "Deux."}
    assert conflict.theirs["body_fr"] == kept


def test_two_amendments_begun_at_once_get_two_numbers() -> None:
    root, lead = signed(first_day=days(0)), a_lead()

    def begin() -> int:
        return Amendment.objects.begin(convention=root, by=lead, title_fr="Un", title_nl="Een").number

    assert sorted(at_once(begin, begin)) == [1, 2]


def test_of_two_who_begin_at_once_for_a_commune_the_second_is_told_of_the_first() -> None:
    commune, lead = Commune.objects.get(pk="21001"), a_lead()
    found = at_once(
        *[lambda: Convention.objects.begin(commune=commune, by=lead, knowing="") for _ in range(2)]
    )
    begun, refused = sorted(found, key=lambda one: isinstance(one, ValidationError))
    (told,) = refused.error_dict["commune"]
    assert (told.code, told.params) == ("unsigned", {"reference": begun.reference})
    assert Convention.objects.get() == begun


def test_two_clicks_at_once_send_back_once() -> None:
    convention, lead = frozen(), a_lead()

    def click() -> int:
        client = Client()
        client.force_login(lead)
        answers = {"seen_status": "to_sign", "comment": "Une coquille"}
        return client.post(step(convention, "send_back"), answers).status_code

    assert at_once(click, click) == [302, 302]
    convention.refresh_from_db()
    assert convention.status == "negotiation"
    assert convention.events.filter(verb="send_back").count() == 1
