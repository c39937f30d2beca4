"""What /readyz says when a part is away. (tests/test_health.py asks real processes.)"""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.db import connection
from django.test import Client

from hubportal import health
from hubportal.celery import HeartbeatScheduler, app

pytestmark = pytest.mark.django_db


@pytest.fixture
def alive() -> Iterator["redis.Redis"]:
    """Worker and beat just showed that they live."""
    health._marked_at.clear()
    health.mark_alive("worker")
    health.mark_alive("beat")
    server = health._redis()
    yield server
    server.delete("hubportal:alive:worker", "hubportal:alive:beat")
    health._marked_at.clear()


def ask(client: Client) -> tuple[int, dict[str, str]]:
    """Return what /readyz answers."""
    answer = client.get("/readyz")
    assert "no-store" in answer["Cache-Control"]
    return answer.status_code, json.loads(answer.content)


def test_the_process_is_up(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert client.post("/healthz").status_code == 405


def test_all_is_well(client: Client, alive: Any) -> None:
    parts = ("database", "migrations", "broker", "worker", "beat")
    assert ask(client) == (200, dict.fromkeys(parts, "ok"))


def test_a_sign_of_life_has_a_short_life(alive: "redis.Redis") -> None:
    assert 0 < int(str(alive.ttl("hubportal:alive:worker"))) <= 15


@pytest.mark.parametrize("part", ["worker", "beat"])
def test_who_falls_silent_is_named(client: Client, alive: "redis.Redis", part: str) -> None:
    alive.delete(f"hubportal:alive:{part}")
    code, said = ask(client)
    assert code == 503
    assert said[part] == "silent"


@pytest.mark.parametrize(
    ("seconds", "part", "level"),
    [(5, "worker", "INFO"), (5, "beat", "INFO"), (600, "worker", "ERROR"), (5, "migrations", "ERROR")],
)
def test_a_start_is_no_error_and_an_outage_is_one(
    seconds: int,
    part: str,
    level: str,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(health, "_started_at", time.monotonic() - seconds)
    monkeypatch.setattr(health, "state", lambda: {"database": "ok", part: "silent"})
    with caplog.at_level("INFO"):
        assert ask(client)[0] == 503
    told = [
        (line.levelname, line.getMessage()) for line in caplog.records if line.name != "hubportal.access_log"
    ]
    assert told == [(level, f"not ready: {part} silent")]


def test_redis_away(client: Client, alive: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = redis.Redis(port=1, retry=None)
    monkeypatch.setattr(health, "_redis", lambda: nowhere)
    code, said = ask(client)
    assert code == 503
    assert (said["broker"], said["worker"], said["database"]) == ("unreachable", "unreachable", "ok")
    health._marked_at.clear()
    health.mark_alive("beat")  # logs, and does not fail


def test_the_database_away_is_said_without_an_address_or_a_password(
    client: Client, alive: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"HOST": "127.0.0.1", "PORT": "1", "PASSWORD": "hunter2"}.items():
        monkeypatch.setitem(connection.settings_dict, name, value)
    code, said = ask(client)
    assert code == 503
    assert (said["database"], said["migrations"]) == ("unreachable", "unknown")
    assert "hunter2" not in str(said)


def test_a_migration_that_is_not_applied_is_said(client: Client, alive: Any) -> None:
    pending = [(object(), False)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(health.MigrationExecutor, "migration_plan", lambda self, targets: pending)
        code, said = ask(client)
    assert (code, said["migrations"]) == (503, "1 to apply")


def test_beat_starts_with_a_tick_and_looks_again_within_five_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    now = [1000.0]
    monkeypatch.setattr("hubportal.celery.time.monotonic", lambda: now[0])
    monkeypatch.setattr(health, "mark_alive", lambda part: None)
    scheduler = HeartbeatScheduler(app)
    monkeypatch.setattr(scheduler, "apply_entry", lambda entry, producer: sent.append(entry.task))
    monkeypatch.setattr(HeartbeatScheduler, "producer", None)
    assert scheduler.tick() == 5
    assert sent == ["hubportal.tick"]
    now[0] += 58
    assert scheduler.tick() == 2
    now[0] += 2
    scheduler.tick()
    assert sent == ["hubportal.tick"] * 2


def test_the_queue_takes_json_only_and_keeps_no_results() -> None:
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.result_backend is None
    app.loader.import_default_modules()
    assert {"hubportal.tick", "outbox.deliver"} <= set(app.tasks)
