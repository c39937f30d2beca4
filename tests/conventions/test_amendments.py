"""Amendments hang on the root, numbered without gaps; signed, they change the text as of their first day."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from conventions.models import Amendment, Change, Convention
from conventions.models.consolidated import consolidated
from hubportal.accounts.models import User
from hubportal.workflow import TransitionError
from tests.conventions.agreements import (
    a_lead,
    agree_both,
    an_amendment,
    begun,
    frozen,
    sign_all,
    sign_amendment,
    signed,
    with_signatories,
)
from tests.conventions.drafts import days, recorded

pytestmark = pytest.mark.django_db
TEXTS: dict[str, Any] = {"title_fr": "Marchés", "title_nl": "Markten", "body_fr": "Oui.", "body_nl": "Ja."}


def text(convention: Convention, on: date) -> dict[int, tuple[str, str, str]]:
    """Return title, change and amendment of each article on a day."""
    return {
        row.number: (row.title_fr, row.change, str(row.amendment or ""))
        for row in consolidated(convention, on)
    }


def test_they_are_numbered_from_one(lead: User) -> None:
    root = signed(first_day=days(0))
    first, second = an_amendment(root), an_amendment(root)
    assert (first.reference, second.reference) == (f"{root.reference}-A1", f"{root.reference}-A2")
    assert an_amendment(signed(commune="21002")).number == 1


@pytest.mark.parametrize("make", [begun, frozen])
def test_only_what_is_signed_is_amended(make: Any, lead: User) -> None:
    with pytest.raises(ValidationError):
        Amendment.objects.begin(convention=make(), by=lead, title_fr="Un", title_nl="Een")


@pytest.mark.parametrize("person", ["spoc", "editor", "echevine"])
def test_only_leads_begin_one(person: str, request: pytest.FixtureRequest) -> None:
    user, root = request.getfixturevalue(person), recorded()
    with pytest.raises(PermissionDenied):
        Amendment.objects.begin(convention=root, by=user, title_fr="Un", title_nl="Een")


def test_it_goes_through_the_same_cycle() -> None:
    amendment = an_amendment()
    sign_amendment(amendment)
    assert (amendment.status, amendment.signed_on) == ("signed", timezone.localdate())
    assert amendment.is_unaltered()
    assert [event.verb for event in amendment.events.all()] == [
        "share", "agree", "agree", "freeze", "sign", "sign", "sign", "sign",
    ]  # fmt: skip
    assert amendment.evidence.count() == 4


def test_the_text_changes_on_its_first_day(lead: User) -> None:
    root = signed(first_day=days(-30))
    amendment = an_amendment(root, in_force_from=days(10))
    amendment.change_article(by=lead, change=Change.REMOVE, number=12)
    added = amendment.change_article(by=lead, change=Change.ADD, **TEXTS)
    sign_amendment(amendment)
    before, after = text(root, days(9)), text(root, days(10))
    assert len(before) == 18
    assert before[5] == ("Thématiques de collaboration", "", "")
    assert after[5] == ("Thématiques", "replace", amendment.reference)
    assert after[12] == ("", "remove", amendment.reference)
    assert added.number == 19
    assert after[19] == ("Marchés", "add", amendment.reference)
    assert after[4] == before[4]
    # The root itself is not touched.
    assert root.articles.count() == 18
    assert root.is_unaltered()


def test_of_two_the_later_one_counts(lead: User) -> None:
    root = signed(first_day=days(-30))
    first, second = an_amendment(root, in_force_from=days(-20)), an_amendment(root, in_force_from=days(-10))
    sign_amendment(first)
    sign_amendment(second)
    assert text(root, days(-15))[5][2] == first.reference
    assert text(root, days(-5))[5][2] == second.reference


def test_an_unsigned_one_changes_nothing() -> None:
    root = signed(first_day=days(-30))
    amendment = an_amendment(root)
    amendment.share(by=a_lead())
    assert text(root, days(0))[5][2] == ""


def test_it_may_move_the_last_day() -> None:
    root = signed(first_day=days(-30))
    until = date(2029, 6, 30)
    sign_amendment(an_amendment(root, new_last_day=until))
    root.refresh_from_db()
    assert (root.in_force_until, root.status) == (until, "signed")
    event = root.events.last()
    assert event is not None
    assert (event.verb, event.by, event.comment) == ("extend", None, f"{root.reference}-A1")
    assert root.is_unaltered()


def test_not_into_the_term_of_the_next_one(lead: User) -> None:
    root = signed(first_day=days(-30))
    following = signed(first_day=days(100))
    amendment = an_amendment(root, in_force_from=days(0), new_last_day=days(200))
    with pytest.raises(IntegrityError, match="convention_one_in_force"), transaction.atomic():
        sign_amendment(amendment)
    amendment.refresh_from_db()
    assert amendment.status == "draft"
    assert following.status == "signed"


@pytest.mark.parametrize(
    ("change", "number", "field"),
    [(Change.REPLACE, 99, "number"), (Change.REMOVE, 99, "number"), (Change.REPLACE, 5, "__all__")],
)
def test_what_is_not_there_is_not_changed(change: Change, number: int, field: str, lead: User) -> None:
    amendment = an_amendment()
    with pytest.raises(ValidationError) as caught:
        amendment.change_article(
            by=lead, change=change, number=number, **({} if change == Change.REMOVE else TEXTS)
        )
    assert list(caught.value.message_dict) == [field]


def test_what_is_removed_has_no_text(lead: User) -> None:
    with pytest.raises(ValidationError):
        an_amendment().change_article(by=lead, change=Change.REMOVE, number=3, **TEXTS)


def test_it_is_in_both_languages(lead: User) -> None:
    amendment = an_amendment()
    amendment.articles.get().revise(by=lead, version=1, body_nl="")
    with pytest.raises(ValidationError, match="5"):
        amendment.share(by=lead)


def test_it_changes_something(lead: User) -> None:
    amendment = an_amendment()
    amendment.articles.get().remove(by=lead, version=1)
    with pytest.raises(ValidationError):
        sign_amendment(amendment)


def test_it_begins_while_the_convention_is_in_force(lead: User) -> None:
    root = signed(first_day=days(10))
    amendment = an_amendment(root)
    with pytest.raises(ValidationError) as caught:
        amendment.set_facts(by=lead, in_force_from=days(9))
    assert list(caught.value.message_dict) == ["in_force_from"]
    # Behind the model's back: the signing refuses it all the same.
    Amendment.objects.filter(pk=amendment.pk).update(in_force_from=days(9))
    amendment.refresh_from_db()
    with pytest.raises(ValidationError) as caught:
        sign_amendment(amendment)
    assert list(caught.value.message_dict) == ["in_force_from"]


def test_a_last_day_that_nobody_means_is_refused_at_its_field(lead: User) -> None:
    with pytest.raises(ValidationError) as caught:
        an_amendment().set_facts(by=lead, new_last_day=days(9000))
    assert list(caught.value.message_dict) == ["new_last_day"]


def test_an_end_before_the_start_is_refused_at_its_field(lead: User) -> None:
    with pytest.raises(ValidationError) as caught:
        an_amendment().set_facts(by=lead, new_last_day=days(-9))
    assert list(caught.value.message_dict) == ["new_last_day"]


def test_nothing_of_a_frozen_one_changes(lead: User) -> None:
    amendment = an_amendment()
    sign_amendment(amendment)
    with pytest.raises(TransitionError):
        amendment.articles.get().revise(by=lead, version=1, body_fr="Autre")
    with pytest.raises(TransitionError):
        amendment.change_article(by=lead, change=Change.ADD, **TEXTS)


def test_a_terminated_root_is_not_amended_any_more(lead: User) -> None:
    root = signed(first_day=days(-400))
    amendment = an_amendment(root)
    root.terminate(by=lead, notice_given_on=days(-10), ends_on=days(300), reason="Fusion")
    with pytest.raises(ValidationError):
        sign_amendment(amendment)


def test_who_reads_it(lead: User, spoc: User, echevine: User, stranger: User, cabinet: User) -> None:
    amendment = an_amendment()

    def readers() -> list[User]:
        people = [lead, spoc, echevine, stranger, cabinet]
        return [user for user in people if Amendment.objects.visible_to(user).exists()]

    assert readers() == [lead, spoc]
    amendment.share(by=lead)
    assert readers() == [lead, spoc, echevine]
    assert amendment.text_visible_to(echevine)
    assert not amendment.text_visible_to(stranger)


def test_what_another_amendment_removed_is_not_replaced_by_one_frozen_before(lead: User) -> None:
    root = signed(first_day=days(0))
    one, two = (
        Amendment.objects.begin(convention=root, by=lead, title_fr=f"{n}", title_nl=f"{n}") for n in (1, 2)
    )
    for row, change, texts in ((one, Change.REMOVE, {}), (two, Change.REPLACE, TEXTS)):
        row.set_facts(by=lead, in_force_from=days(0))
        row.change_article(by=lead, change=change, number=5, **texts)
        with_signatories(row, lead)
        row.share(by=lead)
        agree_both(row)
        row.freeze(by=lead)
    sign_all(one)
    with pytest.raises(ValidationError, match="article"):
        sign_all(two)
    two.refresh_from_db()
    assert two.status == "to_sign"
    two.send_back(by=lead, comment="L’article 5 n’est plus.")


def test_two_that_each_add_an_article_give_it_two_numbers(lead: User) -> None:
    root = signed(first_day=days(0))
    one, two = an_amendment(root), an_amendment(root)
    added = [row.change_article(by=lead, change=Change.ADD, **TEXTS).number for row in (one, two)]
    assert added == [19, 20]


@pytest.mark.parametrize("field", ["in_force_from", "new_last_day"])
def test_a_day_that_nobody_means_is_refused(field: str, lead: User) -> None:
    row = an_amendment()
    with pytest.raises(ValidationError) as caught:
        row.set_facts(by=lead, **{field: date(9999, 1, 1)})
    assert list(caught.value.message_dict) == [field]
