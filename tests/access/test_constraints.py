"""What the database refuses, in words for the person who asked."""

from datetime import date

import pytest
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import CheckConstraint
from django.test.utils import CaptureQueriesContext

from communes.models import Assignment, Commune, District
from conventions.models import Convention
from hubportal.access.constraints import constraint_messages
from hubportal.accounts.models import RoleGrant, User
from tests.cast import UserFactory
from tests.conventions.drafts import a_draft

pytestmark = pytest.mark.django_db


def refused(error: pytest.ExceptionInfo[ValidationError], field: str = NON_FIELD_ERRORS) -> str:
    """Return the only message, which must be on this field."""
    assert list(error.value.message_dict) == [field]
    (message,) = error.value.message_dict[field]
    return message


def test_an_exclusion_says_its_message_and_its_name(spoc: User) -> None:
    other = UserFactory()
    with pytest.raises(ValidationError) as caught, constraint_messages():
        Assignment.objects.create(user=other, commune_id="21001", starts_on=date(2024, 1, 1))
    assert refused(caught)
    (error,) = caught.value.error_dict[NON_FIELD_ERRORS]
    assert error.code == "assignment_one_spoc_a_day"


def test_a_check_says_its_message(spoc: User) -> None:
    with pytest.raises(ValidationError) as caught, constraint_messages():
        RoleGrant.objects.update(starts_on=date(2024, 1, 2), ends_on=date(2024, 1, 1))
    # The range itself is refused first, before any CHECK has its say.
    assert refused(caught)


def test_a_unique_expression_says_its_message(commune_a: Commune) -> None:
    District.objects.create(commune=commune_a, name_fr="Wayez", name_nl="Wayez")
    with pytest.raises(ValidationError) as caught, constraint_messages():
        District.objects.create(commune=commune_a, name_fr="WAYEZ", name_nl="Other")
    assert "French name" in refused(caught) or "français" in refused(caught)


def test_a_unique_field_says_its_own_message_on_the_field() -> None:
    UserFactory(email="twice@example.brussels")
    with pytest.raises(ValidationError) as caught, constraint_messages():
        UserFactory(email="twice@example.brussels")
    assert refused(caught, "email") == str(User._meta.get_field("email").error_messages["unique"])


def test_what_was_chosen_and_is_gone_is_said_on_the_field(spoc: User) -> None:
    def choose_what_is_gone() -> None:
        with constraint_messages(), transaction.atomic():
            Assignment.objects.update(commune="99999")
            with connection.cursor() as cursor:  # as at the commit
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(ValidationError) as caught:
        choose_what_is_gone()
    assert refused(caught, "commune")


def test_a_value_that_does_not_fit_is_said(spoc: User) -> None:
    with pytest.raises(ValidationError) as caught, constraint_messages():
        User.objects.filter(pk=spoc.pk).update(first_name="x" * 100_000)
    assert refused(caught)


def test_a_fault_of_ours_stays_what_it_is(spoc: User) -> None:
    with pytest.raises(IntegrityError), constraint_messages():
        User.objects.filter(pk=spoc.pk).update(first_name=None)


def test_nothing_of_a_refused_block_stays(commune_a: Commune) -> None:
    def twice() -> None:
        with constraint_messages():
            District.objects.create(commune=commune_a, name_fr="Wayez", name_nl="Wayez")
            District.objects.create(commune=commune_a, name_fr="Wayez", name_nl="Wayez")

    with pytest.raises(ValidationError):
        twice()
    assert not District.objects.filter(name_fr="Wayez").exists()


def test_checks_are_asked_in_one_question_and_each_by_itself_when_one_says_no() -> None:
    row = a_draft()
    checks = sum(isinstance(one, CheckConstraint) for one in Convention._meta.constraints)
    with CaptureQueriesContext(connection) as asked:
        row.validate_constraints()
    assert len(asked) < checks
    # NULL lets a row through, in the table as here; what is wrong says so in its own words, with the others beside it.
    row.notice_months, row.reference = 25, "no reference"
    with pytest.raises(ValidationError) as caught:
        row.validate_constraints()
    assert len(caught.value.message_dict[NON_FIELD_ERRORS]) == 2
    # A column that a form leaves out is nobody's fault there.
    row.validate_constraints(exclude={"notice_months", "reference"})
