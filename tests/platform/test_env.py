"""The environment: what is right is read, nonsense stops the start with the variable's name."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from hubportal import env


@pytest.fixture(autouse=True)
def _no_test_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)


def test_a_missing_variable_is_named() -> None:
    with pytest.raises(ImproperlyConfigured, match="THING: is missing"):
        env.text("THING")


def test_an_empty_variable_counts_as_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", "  ")
    assert env.text("THING", "default") == "default"


@pytest.mark.parametrize(("value", "meant"), [("1", True), ("yes", True), ("0", False), ("OFF", False)])
def test_a_flag(monkeypatch: pytest.MonkeyPatch, value: str, meant: bool) -> None:
    monkeypatch.setenv("THING", value)
    assert env.flag("THING", not meant) is meant


def test_a_list_of_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", "a, b,,c ")
    assert env.names("THING") == ["a", "b", "c"]


def test_a_number_in_its_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.integer("THING", 7) == 7
    monkeypatch.setenv("THING", "8")
    assert env.integer("THING", 7, minimum=8, maximum=8) == 8


def test_a_secret_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("s3cret\n")
    monkeypatch.setenv("THING_FILE", str(tmp_path / "key"))
    assert env.secret("THING") == "s3cret"


def test_a_secret_given_twice_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("THING", "x")
    monkeypatch.setenv("THING_FILE", str(tmp_path / "key"))
    with pytest.raises(ImproperlyConfigured, match="THING: is set twice"):
        env.secret("THING")


NONSENSE: list[tuple[Callable[[str], Any], str]] = [
    (lambda name: env.flag(name, False), "perhaps"),
    (lambda name: env.integer(name, 1), "many"),
    (lambda name: env.integer(name, 1, minimum=1), "0"),
    (lambda name: env.integer(name, 1, maximum=9), "10"),
    (env.names, " , "),
    (env.hosts, "*"),
    (env.hosts, "https://example.brussels"),
    (env.url, "portal.example.brussels"),
    (env.url, "https://[oops"),
    (env.database, "mysql://host/name"),
    (env.database, "postgres://host"),
    (env.database, "postgres://host:port/name"),
    (env.database, "postgres://host/name?colour=red"),
    (env.redis, "localhost:6379"),
    (env.redis, "redis://host/first"),
    (env.smtp, "https://host"),
    (env.smtp, "smtp://host?starttls=perhaps"),
    (env.smtp, "smtps://host?starttls=1"),
]


@pytest.mark.parametrize(("read", "value"), NONSENSE)
def test_nonsense_is_refused_with_the_name(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[str], Any], value: str
) -> None:
    monkeypatch.setenv("THING", value)
    with pytest.raises(ImproperlyConfigured, match=r"^THING: "):
        read("THING")


@pytest.mark.parametrize("read", [env.database, env.redis, env.smtp])
def test_a_refusal_never_repeats_a_password(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[str], Any]
) -> None:
    monkeypatch.setenv("THING", "gopher://user:hunter2@host/x")
    with pytest.raises(ImproperlyConfigured) as caught:
        read("THING")
    assert not re.search("hunter2", str(caught.value))


def test_a_database_by_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", "postgres://user:p%40ss@db:5433/hub?sslmode=require")
    entry = env.database("THING")
    assert (entry["USER"], entry["PASSWORD"], entry["HOST"], entry["PORT"]) == ("user", "p@ss", "db", "5433")
    assert entry["NAME"] == "hub"
    assert entry["OPTIONS"]["sslmode"] == "require"
    assert entry["CONN_HEALTH_CHECKS"]


def test_a_database_by_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", "postgres:///hub?host=/run/pg&user=portal")
    entry = env.database("THING")
    assert (entry["HOST"], entry["USER"], entry["NAME"]) == ("/run/pg", "portal", "hub")


@pytest.mark.parametrize(
    ("value", "broker", "cache"),
    [
        ("redis://host:6379/3", "redis://host:6379/3", "redis://host:6379/4"),
        ("redis://:pw@host", "redis://:pw@host/0", "redis://:pw@host/1"),
        (
            "rediss://host/0",
            "rediss://host/0?ssl_cert_reqs=required",
            "rediss://host/1?ssl_cert_reqs=required",
        ),
        ("unix:///run/v.sock?db=2", "redis+socket:///run/v.sock?virtual_host=2", "unix:///run/v.sock?db=3"),
    ],
)
def test_redis_in_two_spellings(monkeypatch: pytest.MonkeyPatch, value: str, broker: str, cache: str) -> None:
    monkeypatch.setenv("THING", value)
    assert env.redis("THING") == (broker, cache)


def test_each_test_worker_has_databases_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", "unix:///run/v.sock")
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw2")
    assert env.redis("THING").broker.endswith("virtual_host=4")


def test_a_mail_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", "smtp://user:p%3Aw@mail:587?starttls=1")
    found = env.smtp("THING")
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("mail", 587)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("user", "p:w")
    assert found["EMAIL_USE_TLS"]
    assert not found["EMAIL_USE_SSL"]


def test_a_mail_server_with_tls_from_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", "smtps://mail")
    assert env.smtp("THING")["EMAIL_PORT"] == 465
