"""A new college: what it changes, applied in one go, taken back exactly, its newcomers invited."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone, translation

from communes.jobs import invite_newcomers
from communes.models import CollegeTransition, Delegation, Mandate, transition
from communes.models.mandate import communes_of
from hubportal.accounts.invitations import invite
from hubportal.accounts.models import Invitation, JournalEntry, Role, RoleGrant, User
from hubportal.outbox.models import OutboxMessage
from hubportal.workflow import TransitionError
from tests.atonce import before_it_commits
from tests.cast import COMMUNE_A, COMMUNE_B, MandateFactory, UserFactory
from tests.communes.colleges import MAYOR, a_lead, a_transition, in_days, kept

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def rows() -> list[dict[str, Any]]:
    """Return all mandates and delegations, whole."""
    return [row for model in (Mandate, Delegation, User) for row in model.objects.order_by("pk").values()]


def apply(row: CollegeTransition) -> None:
    """Apply what was just looked at."""
    row.apply(by=a_lead(), seen=row.turnover().digest)


def names(found: Any) -> list[str]:
    """Return the names of members, or of those who hold mandates or delegations."""
    return [str(getattr(item, "user", None) or item.name) for item in found]


def test_the_preview_tells_who_ends_goes_on_begins_and_what_falls(
    echevine: User, colleague: User, delegate: User
) -> None:
    Delegation.objects.update(given_by=colleague)
    change = a_transition().turnover()
    assert names(change.leaving) == ["Marc Collègue"]
    assert names(change.going_on) == ["Nadia Échevine"]
    assert names(change.beginning) == names(change.unknown) == ["Claire Nouvelle"]
    assert names(change.falling) == ["Souad Déléguée"]
    assert change.going_on[0].has_other_portfolios


def test_a_preview_changes_nothing(echevine: User) -> None:
    a_lead()
    before = rows()
    row = a_transition()
    assert (row.turnover().obstacles, rows()) == ([], before)


def test_applied_the_old_college_ends_the_day_before_and_the_new_one_begins(
    echevine: User, colleague: User
) -> None:
    row = a_transition()
    apply(row)
    on = {
        day: sorted(Mandate.objects.valid(in_days(day)).values_list("user__last_name", "office"))
        for day in (9, 10)
    }
    assert on[9] == [("Collègue", "echevin"), ("Échevine", "echevin")]
    assert on[10] == [("Nouvelle", "bourgmestre"), ("Échevine", "echevin")]
    assert communes_of(echevine, in_days(10)) == communes_of(echevine, in_days(9)) == {COMMUNE_A}


def test_a_new_bourgmestre_follows_the_titular_one(echevine: User) -> None:
    MandateFactory(bourgmestre=True)
    apply(a_transition())
    assert Mandate.objects.bourgmestres().count() == 2


def test_taken_back_each_row_is_as_it_was(echevine: User, colleague: User, delegate: User) -> None:
    Mandate.objects.filter(user=colleague).update(ends_on=in_days(400))
    a_lead()
    before = rows()
    row = a_transition()
    apply(row)
    assert rows() != before
    row.take_back(by=a_lead())
    assert rows() == before
    assert row.status == "taken_back"


def test_on_its_day_it_is_not_taken_back_any_more(echevine: User) -> None:
    row = a_transition(days=0)
    apply(row)
    with pytest.raises(ValidationError, match="in office"):
        row.take_back(by=a_lead())


def test_what_only_ended_mandates_is_not_taken_back_after_its_day_and_the_step_is_not_offered(
    echevine: User,
) -> None:
    row = a_transition(days=0)
    apply(row)
    begun = row.undo.pop("begun")
    Mandate.objects.filter(pk__in=begun).delete()
    CollegeTransition.objects.update(undo={**row.undo, "begun": []})
    row.refresh_from_db()
    assert row.next_steps(a_lead()) == []
    with pytest.raises(ValidationError, match="in office"):
        row.take_back(by=a_lead())
    CollegeTransition.objects.update(starts_on=in_days(1))
    row.refresh_from_db()
    assert [step.verb for step in row.next_steps(a_lead())] == ["take_back"]


def test_a_mandate_recorded_on_the_days_that_come_back_is_told_and_nothing_is_half_done(
    echevine: User, colleague: User
) -> None:
    row = a_transition(kept(**MAYOR))
    apply(row)
    MandateFactory(user=echevine, starts_on=in_days(20))
    before = rows()
    with pytest.raises(ValidationError, match="holds this office here already"):
        row.take_back(by=a_lead())
    assert (rows(), CollegeTransition.objects.get().status) == (before, "applied")


def test_a_role_or_a_closed_account_stands_in_the_way_and_the_step_is_not_offered(
    echevine: User, spoc: User
) -> None:
    closed = UserFactory(email="x@a.example", is_active=False, first_name="Paul", last_name="Clos")
    moment = timezone.now()
    Invitation.objects.create(user=closed, digest="x", expires_at=moment, accepted_at=moment)
    row = a_transition(kept(**{**MAYOR, "email": spoc.email}), kept(email="x@a.example", first_name="P"))
    first, second = map(str, row.turnover().obstacles)
    assert first.startswith(f"{spoc.full_name} has a role at the agency or the Region")
    assert second.startswith("The account of Paul Clos was closed")
    assert [step.verb for step in row.next_steps(a_lead())] == ["discard"]
    with pytest.raises(ValidationError, match="has a role"):
        apply(row)


def test_once_changed_at_the_desk_it_is_not_taken_back(echevine: User) -> None:
    row = a_transition()
    apply(row)
    Mandate.objects.filter(starts_on=in_days(10), user=echevine).update(ends_on=in_days(50))
    before = rows()
    with pytest.raises(ValidationError, match="were changed since"):
        row.take_back(by=a_lead())
    assert rows() == before


def test_who_was_invited_meanwhile_is_kept_when_it_is_taken_back(echevine: User) -> None:
    row = a_transition()
    apply(row)
    assert row.invite_newcomers(by=a_lead()) == 1
    row.take_back(by=a_lead())
    assert User.objects.filter(email=MAYOR["email"]).exists()
    assert not Mandate.objects.filter(user__email=MAYOR["email"]).exists()


def test_what_changed_since_the_preview_must_be_looked_at_again(echevine: User, colleague: User) -> None:
    row = a_transition()
    seen = row.turnover().digest
    Mandate.objects.filter(user=colleague).update(ends_on=in_days(3))
    with pytest.raises(ValidationError, match="look at it again"):
        row.apply(by=a_lead(), seen=seen)
    assert not User.objects.filter(email=MAYOR["email"]).exists()


def test_a_mandate_that_begins_later_stands_in_the_way(echevine: User, colleague: User) -> None:
    Mandate.objects.filter(user=colleague).update(ends_on=in_days(5))
    MandateFactory(user=colleague, starts_on=in_days(600))
    row = a_transition()
    assert len(row.turnover().obstacles) == 1
    with pytest.raises(ValidationError, match="end that mandate first"):
        apply(row)


def test_nothing_is_half_done_when_the_database_refuses(echevine: User, colleague: User) -> None:
    row = a_transition(kept(**MAYOR), kept(**{**MAYOR, "email": "x@a.example", "first_name": "X"}))
    before = rows()
    with pytest.raises(ValidationError, match="titular bourgmestre"):
        apply(row)
    assert rows() == before
    assert CollegeTransition.objects.get().status == "draft"


def test_a_first_day_that_has_passed_is_not_applied(echevine: User) -> None:
    row = a_transition()
    CollegeTransition.objects.update(starts_on=in_days(-1))
    row.refresh_from_db()
    with pytest.raises(ValidationError, match="has passed"):
        apply(row)


def test_another_commune_is_left_alone(echevine: User, stranger: User) -> None:
    before = list(Mandate.objects.filter(commune=COMMUNE_B).values())
    apply(a_transition())
    assert list(Mandate.objects.filter(commune=COMMUNE_B).values()) == before


def test_somebody_known_by_their_address_is_no_new_person_and_stays_as_recorded(echevine: User) -> None:
    known = UserFactory(email=MAYOR["email"], first_name="Clara", phone="02 000 00 20")
    row = a_transition(kept(**MAYOR, phone="02 111 11 11"))
    (member,) = row.turnover().members
    assert (member.person, member.other_name) == (known, "Claire Nouvelle")
    apply(row)
    known.refresh_from_db()
    assert (known.first_name, known.phone) == ("Clara", "02 000 00 20")


def test_without_an_address_a_member_of_the_college_is_known_by_name(echevine: User) -> None:
    row = a_transition(kept(**MAYOR), kept(first_name="nadia", last_name="ÉCHEVINE"))
    assert [member.person for member in row.turnover().members] == [None, echevine]


def test_the_communes_words_for_a_portfolio_stay_while_the_codes_do(echevine: User) -> None:
    apply(a_transition(kept(**MAYOR), kept(first_name="Nadia", last_name="Échevine", portfolios=["trade"])))
    assert Mandate.objects.latest("starts_on", "pk").portfolio_nl == "Handel"


def test_a_second_file_for_the_commune_discards_the_first(echevine: User) -> None:
    first, second = a_transition(), a_transition(days=20)
    first.refresh_from_db()
    assert (first.status, second.status) == ("taken_back", "draft")


def test_an_editor_takes_no_step(echevine: User, editor: User) -> None:
    row = a_transition()
    with pytest.raises(PermissionDenied):
        row.apply(by=editor, seen=row.turnover().digest)


def test_each_mandate_is_in_the_journal(echevine: User) -> None:
    apply(a_transition())
    kinds = JournalEntry.objects.filter(target_type="communes.mandate").order_by("pk")
    assert list(kinds.values_list("kind", flat=True)) == ["changed", "recorded", "recorded"]


def test_newcomers_are_invited_on_the_first_day_once(echevine: User) -> None:
    row = a_transition()
    apply(row)
    now = timezone.now()
    assert invite_newcomers(now) == 0
    assert invite_newcomers(now + timedelta(days=10)) == 1
    assert invite_newcomers(now + timedelta(days=11)) == 0
    assert Invitation.objects.get().user.email == MAYOR["email"]
    assert OutboxMessage.objects.get().kind == "invitation"


def test_one_who_cannot_be_invited_stops_nobody_else_and_is_tried_again(
    echevine: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = kept(first_name="Max", last_name="Neuf", email="max@a.example")
    row = a_transition(kept(**MAYOR), other)
    apply(row)

    def fail(person: User, by: User | None) -> str:
        if person.email == MAYOR["email"]:
            User.objects.filter(pk=person.pk).update(first_name=None)
        return invite(person, by)

    later = timezone.now() + timedelta(days=10)
    with monkeypatch.context() as patch:
        patch.setattr(transition, "invite", transaction.atomic(fail))
        assert invite_newcomers(later) == 1
    assert Invitation.objects.get().user.email == "max@a.example"
    assert invite_newcomers(later) == 1
    assert (invite_newcomers(later), Invitation.objects.count()) == (0, 2)


def test_who_got_a_role_or_whose_new_mandate_ended_is_no_newcomer(echevine: User) -> None:
    row = a_transition()
    apply(row)
    (person,) = row.newcomers()
    grant = RoleGrant.objects.create(user=person, role=Role.EDITOR, starts_on=in_days(30))
    assert list(row.newcomers()) == []
    grant.delete()
    Mandate.objects.filter(user=person).update(starts_on=in_days(-3), ends_on=in_days(-1))
    assert list(row.newcomers()) == []


def test_an_editor_prepares_nothing_and_invites_nobody(echevine: User, editor: User) -> None:
    row = a_transition()
    apply(row)
    with pytest.raises(PermissionDenied):
        row.invite_newcomers(by=editor)
    with pytest.raises(PermissionDenied):
        CollegeTransition.prepare(by=editor, commune=row.commune, starts_on=in_days(3), rows=[])


def test_what_was_taken_back_invites_nobody(echevine: User) -> None:
    row = a_transition()
    apply(row)
    row.take_back(by=a_lead())
    assert row.invite_newcomers(by=a_lead()) == 0
    assert invite_newcomers(timezone.now() + timedelta(days=10)) == 0


def test_the_preview_costs_the_same_for_two_and_ten(echevine: User, django_assert_num_queries: Any) -> None:
    row = a_transition(
        *(kept(**{**MAYOR, "email": f"m{n}@a.example", "last_name": f"N{n}"}) for n in range(10))
    )
    for n in range(10):
        MandateFactory(rank=n + 3)
    with django_assert_num_queries(4):
        assert row.turnover().digest


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("refilled")
def test_of_two_leads_one_applies_it(echevine: User) -> None:
    row, by = a_transition(), a_lead()
    twin, seen = CollegeTransition.objects.get(), row.turnover().digest
    error = before_it_commits(lambda: row.apply(by=by, seen=seen), lambda: twin.apply(by=by, seen=seen))
    assert isinstance(error, TransitionError)
    assert Mandate.objects.bourgmestres().count() == 1
