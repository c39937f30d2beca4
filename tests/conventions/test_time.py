"""Fixed terms and tacit renewal: periods, the next day to give notice, and the same answers from the querysets."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from conventions.models import Alert, Convention
from conventions.models.alert import Due
from hubportal.accounts.models import User
from tests.conventions.agreements import agree_both, begun, frozen, shared, sign_all, signed
from tests.conventions.drafts import COMMUNE_A, days, recorded

FIRST = date(2025, 4, 1)


def tacit(**fields: Any) -> Convention:
    """Return a signed convention that is in no database: until 31 March 2027, then by twelve months."""
    known = {
        "status": "signed", "in_force_from": FIRST, "in_force_until": None, "notice_months": 3,
        "renewal_months": 12, "first_period_until": date(2027, 3, 31), **fields,
    }  # fmt: skip
    return Convention(commune_id=COMMUNE_A, reference="CC-2025-01", **known)


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (FIRST, date(2027, 3, 31)),
        (date(2027, 3, 31), date(2027, 3, 31)),
        (date(2027, 4, 1), date(2028, 3, 31)),
        (date(2034, 1, 1), date(2034, 3, 31)),
    ],
)
def test_periods_follow_each_other(day: date, end: date) -> None:
    assert tacit().period_end(day) == end


def test_periods_that_end_with_a_month_stay_there() -> None:
    monthly = tacit(first_period_until=date(2026, 1, 31), renewal_months=1)
    ends = [monthly.period_end(day) for day in (date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1))]
    assert ends == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]


@pytest.mark.parametrize(
    ("day", "deadline"),
    [
        (FIRST, date(2026, 12, 31)),
        (date(2026, 12, 31), date(2026, 12, 31)),
        (date(2027, 1, 1), date(2027, 12, 31)),
    ],
)
def test_the_next_day_until_which_notice_is_given(day: date, deadline: date) -> None:
    assert tacit().deadline(day) == deadline


def test_a_notice_longer_than_the_period_looks_further_ahead() -> None:
    # The period that ends on 30 June.
    assert tacit(renewal_months=1, notice_months=3).deadline(date(2027, 3, 1)) == date(2027, 3, 30)


def test_a_fixed_one_has_no_such_day() -> None:
    fixed = tacit(in_force_until=date(2030, 11, 30), renewal_months=None, first_period_until=None)
    assert fixed.deadline(FIRST) is None
    assert fixed.period_end(FIRST) == date(2030, 11, 30)


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2026, 9, 30), "in_force"),
        (date(2026, 10, 1), "notice"),
        (date(2026, 12, 31), "notice"),
        (date(2027, 1, 1), "in_force"),
    ],
)
def test_the_notice_window_of_a_tacit_one_ends_with_that_day(day: date, state: str) -> None:
    assert tacit().state_on(day) == state


@pytest.mark.django_db
def test_a_tacit_one_is_negotiated_and_signed(lead: User) -> None:
    convention = shared(first_day=days(0))
    convention.set_term(by=lead, in_force_until=None, renewal_months=12, first_period_until=days(400))
    agree_both(convention)
    convention.freeze(by=lead)
    sign_all(convention)
    assert (convention.in_force_until, convention.is_tacit, convention.status) == (None, True, "signed")
    assert convention.is_unaltered()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("term", "field"),
    [
        ({"renewal_months": 12, "in_force_until": None}, "first_period_until"),
        ({"first_period_until": days(99), "in_force_until": None}, "renewal_months"),
        ({"in_force_until": date(2001, 1, 1)}, "in_force_until"),
        ({"renewal_months": 12, "first_period_until": date(2001, 1, 1)}, "first_period_until"),
        ({"notice_months": 25}, "notice_months"),
        ({"renewal_months": 100, "first_period_until": days(99)}, "renewal_months"),
    ],
)
def test_a_wrong_term_is_refused_at_its_field(term: dict[str, Any], field: str, lead: User) -> None:
    with pytest.raises(ValidationError) as caught:
        begun(first_day=days(0)).set_term(by=lead, **term)
    assert field in caught.value.message_dict


@pytest.mark.django_db
def test_the_querysets_say_what_state_on_says(lead: User) -> None:
    signed(first_day=days(-600))
    signed(first_day=days(200))
    recorded("21002", "CC-2025-02", in_force_until=days(10))
    recorded("21003", "CC-2025-03", in_force_until=days(-10))
    recorded("21004", "CC-2025-04")
    recorded(
        "21005", "CC-2025-05", notice_months=3, renewal_months=12, first_period_until=days(130),
    )  # fmt: skip
    begun(commune="21006")
    shared(commune="21007")
    frozen(commune="21008")
    begun(commune="21009").abandon(by=lead, reason="Erreur")
    ended = recorded("21010", "CC-2025-10", in_force_from=days(-700))
    ended.terminate(by=lead, notice_given_on=days(-200), ends_on=days(-1), reason="Fusion")
    seen = set()
    for day in (days(-650), days(-1), days(0), days(5), days(60), days(199), days(200), days(4000)):
        states = {row: row.state_on(day) for row in Convention.objects.select_related("successor")}
        seen |= set(states.values())
        for state in {*states.values(), "notice", "expired", "superseded", "upcoming"}:
            expected = {row for row, found in states.items() if found == state}
            assert set(Convention.objects.in_state(state, day)) == expected, (state, day)
    assert seen == {
        "draft", "negotiation", "to_sign", "abandoned", "terminated",
        "upcoming", "in_force", "notice", "expired", "superseded",
    }  # fmt: skip


@pytest.mark.django_db
def test_a_state_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        Convention.objects.in_state("nonsense")


@pytest.mark.django_db
def test_those_that_end_before_a_day() -> None:
    row = recorded(in_force_until=days(10))
    recorded("21002", "CC-2025-02")
    assert list(Convention.objects.ends_before(days(11))) == [row]
    assert not Convention.objects.ends_before(days(10)).exists()


# --- Alerts ---------------------------------------------------------------------------------------------------


def due(convention: Convention, day: date) -> Due | None:
    """Return the alert that is due, and note it as sent."""
    found = Alert.objects.due_for(convention, day)
    if found is not None:
        assert Alert.objects.keep(convention, found)
        assert not Alert.objects.keep(convention, found)
    return found


@pytest.mark.django_db
def test_alerts_come_six_three_and_one_month_ahead_once_each() -> None:
    end = date(2030, 11, 30)
    row = recorded(in_force_until=end)
    assert due(row, date(2030, 5, 29)) is None
    assert due(row, date(2030, 5, 30)) == Due("end", 6, end)
    assert due(row, date(2030, 6, 15)) is None
    assert due(row, date(2030, 8, 30)) == Due("end", 3, end)
    assert due(row, date(2030, 11, 5)) == Due("end", 1, end)
    assert due(row, date(2030, 11, 30)) is None
    assert due(row, date(2030, 12, 1)) is None


@pytest.mark.django_db
def test_those_that_were_missed_are_not_sent_at_once() -> None:
    row = recorded(in_force_until=date(2030, 11, 30))
    assert due(row, date(2030, 11, 5)) == Due("end", 1, date(2030, 11, 30))
    assert due(row, date(2030, 11, 6)) is None


@pytest.mark.django_db
def test_they_come_anew_when_the_date_moves(lead: User) -> None:
    row = recorded(in_force_until=date(2030, 11, 30))
    assert due(row, date(2030, 6, 1)) == Due("end", 6, date(2030, 11, 30))
    row.extend(last_day=date(2031, 1, 15), amendment="CC-2025-01-A1")
    assert due(row, date(2030, 6, 2)) is None
    assert due(row, date(2030, 7, 20)) == Due("end", 6, date(2031, 1, 15))


@pytest.mark.django_db
def test_a_tacit_one_is_announced_ahead_of_each_notice_date() -> None:
    row = recorded(
        in_force_from=FIRST, notice_months=3, renewal_months=12, first_period_until=date(2027, 3, 31)
    )
    assert due(row, date(2026, 7, 1)) == Due("notice", 6, date(2026, 12, 31))
    assert due(row, date(2027, 7, 1)) == Due("notice", 6, date(2027, 12, 31))


@pytest.mark.django_db
def test_nothing_is_announced_once_the_successor_is_signed_or_before_the_first_day() -> None:
    row = recorded(in_force_until=days(60))
    assert Alert.objects.due_for(row) is not None
    following = signed(first_day=days(61))
    row = Convention.objects.get(pk=row.pk)
    assert following.predecessor == row
    assert Alert.objects.due_for(row) is None
    assert Alert.objects.due_for(following) is None
