"""A tick does everything that is due, whatever fails in between."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection, connections

from hubportal import composition
from hubportal import tick as ticks

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
Job = Callable[[datetime], int]


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let a tick run these jobs and no others."""

    def install(*jobs: Job) -> None:
        monkeypatch.setattr(ticks, "jobs", lambda: iter([(job.__name__, job) for job in jobs]))

    return install


def three(now: datetime) -> int:
    """Do three rows."""
    assert now == NOW
    return 3


def broken(now: datetime) -> int:
    """Fail."""
    raise RuntimeError("no")


@pytest.mark.django_db
def test_a_job_that_fails_stops_no_other(only: Callable[..., None], caplog: pytest.LogCaptureFixture) -> None:
    only(broken, three)
    with caplog.at_level(logging.ERROR):
        assert ticks.tick(NOW) == {"three": 3}
    assert "job broken failed" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_job_that_loses_the_database_stops_no_other(only: Callable[..., None]) -> None:
    def cut(now: datetime) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return 1

    def count(now: datetime) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 5")
            return int(cursor.fetchone()[0])

    only(cut, count)
    assert ticks.tick(NOW) == {"count": 5}


@pytest.mark.django_db(transaction=True)
def test_a_job_that_another_tick_is_running_is_passed_over(only: Callable[..., None]) -> None:
    only(three)
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ticks.lock_of("three")])
    try:
        assert ticks.tick(NOW) == {}
    finally:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all()")
        other.close()
    assert ticks.tick(NOW) == {"three": 3}
    assert ticks.tick(NOW) == {"three": 3}


def test_jobs_come_from_every_app_the_ground_floor_first(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [name for name, _ in ticks.jobs()]
    assert "hubportal.outbox.jobs.sweep_outbox" in found
    modules = tuple(SimpleNamespace(__name__=f"{app}.jobs", JOBS=[three]) for app in ("ground", "roof"))
    monkeypatch.setattr(ticks, "modules", {"jobs": modules}.__getitem__)
    assert [name for name, _ in ticks.jobs()] == ["ground.jobs.three", "roof.jobs.three"]


def test_what_apps_offer_is_found_by_name_the_ground_floor_first() -> None:
    found = [module.__name__ for module in composition.modules("rights")]
    assert found.index("hubportal.accounts.rights") < found.index("communes.rights")


@pytest.mark.django_db
def test_the_command_says_what_was_done(
    only: Callable[..., None], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    only(three)
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    call_command("tick")
    assert capsys.readouterr().out == "three: 3\n"
