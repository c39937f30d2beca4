"""What follows from the dates: state, notice period, the bar of the term."""

from datetime import date

import pytest
from django.utils import translation

from conventions.current import current
from conventions.life import life
from conventions.models import Convention, ConventionTheme
from conventions.months import months_after
from hubportal.accounts.models import User
from tests.conventions.drafts import COMMUNE_A, a_draft, days, recorded

FIRST, LAST = date(2025, 4, 1), date(2030, 11, 30)


def a_term(**fields: object) -> Convention:
    """Return a signed convention that is in no database."""
    facts = {"status": "signed", "in_force_from": FIRST, "in_force_until": LAST, **fields}
    return Convention(commune_id=COMMUNE_A, reference="CC-2025-01", **facts)


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2025, 3, 31), "upcoming"),
        (FIRST, "in_force"),
        (date(2030, 5, 30), "in_force"),
        (date(2030, 5, 31), "notice"),
        (LAST, "notice"),
        (date(2030, 12, 1), "expired"),
    ],
)
def test_the_state_of_a_day(day: date, state: str) -> None:
    assert a_term().state_on(day) == state


def test_a_draft_is_a_draft_on_any_day() -> None:
    assert a_term(status="draft").state_on(FIRST) == "draft"
    assert not a_term(status="draft").is_in_force(FIRST)


def test_a_tacit_one_has_no_notice_period() -> None:
    tacit = a_term(in_force_until=None)
    assert tacit.notice_starts_on is None
    assert tacit.state_on(date(2049, 1, 1)) == "in_force"
    assert life(tacit, FIRST) is None


def test_a_title_names_the_years() -> None:
    assert a_term().years == "2025–2030"
    assert a_term(in_force_until=date(2025, 12, 31)).years == "2025"
    with translation.override("en"):
        assert a_term(in_force_until=None).years == "since 2025"


def test_without_notice_there_is_no_notice_period() -> None:
    assert a_term(notice_months=0).state_on(LAST) == "in_force"


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 3, 31), -6, date(2025, 9, 30)),
        (date(2026, 11, 30), 14, date(2028, 1, 30)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
    ],
)
def test_months(day: date, months: int, expected: date) -> None:
    assert months_after(day, months) == expected


def test_the_bar_adds_up() -> None:
    bar = life(a_term(), date(2026, 11, 23))
    assert bar is not None
    assert (bar.total, bar.past, bar.notice) == (2070, 602, 184)
    assert bar.notice_at == 2070 - 184
    assert (bar.past_until, bar.coming_until, bar.notice_from) == (
        date(2026, 11, 23), date(2030, 5, 30), date(2030, 5, 31),
    )  # fmt: skip


def test_the_bar_of_one_that_is_over_or_has_not_begun() -> None:
    over, later = life(a_term(), date(2031, 1, 1)), life(a_term(), date(2025, 1, 1))
    assert over is not None
    assert later is not None
    assert (over.past, over.past_until, over.coming_until) == (2070, LAST, None)
    assert (later.past, later.past_until, later.coming_until) == (0, None, date(2030, 5, 30))


def test_a_term_shorter_than_its_notice_is_all_notice() -> None:
    bar = life(a_term(in_force_until=date(2025, 5, 31)), FIRST)
    assert bar is not None
    assert (bar.total, bar.notice, bar.notice_at) == (61, 61, 0)


@pytest.mark.django_db
def test_in_force_follows_from_the_range(lead: User) -> None:
    convention = recorded(in_force_from=days(-100), in_force_until=days(10))
    a_draft("21002", "CC-2025-02")
    assert list(Convention.objects.in_force()) == [convention]
    assert list(Convention.objects.in_force(days(10))) == [convention]
    assert not Convention.objects.in_force(days(11)).exists()
    assert not Convention.objects.in_force(days(-101)).exists()


@pytest.mark.django_db
def test_the_current_one_is_in_force_else_next_else_last(lead: User) -> None:
    old = recorded(reference="CC-2019-01", in_force_from=days(-900), in_force_until=days(-500))
    assert current(lead, [COMMUNE_A]) == {COMMUNE_A: old}
    coming = recorded(reference="CC-2027-01", in_force_from=days(100))
    assert current(lead, [COMMUNE_A]) == {COMMUNE_A: coming}
    now = recorded(in_force_from=days(-10), in_force_until=days(99))
    assert current(lead, [COMMUNE_A]) == {COMMUNE_A: now}
    assert current(lead, ["21002"]) == {}


@pytest.mark.django_db
def test_themes_are_open_while_the_convention_is_in_force() -> None:
    convention = recorded(in_force_until=days(10))
    assert [row.theme.code for row in ConventionTheme.objects.open_for(convention.commune)] == ["data"]
    assert not ConventionTheme.objects.open_for(convention.commune, days(11)).exists()
