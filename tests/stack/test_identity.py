"""Who PostgreSQL runs as, on this machine and on stranger ones."""

import os
from collections.abc import Iterator

import pytest

from hubportal.stack import identity
from hubportal.stack.console import StackError


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    identity.prefix.cache_clear()
    yield
    identity.prefix.cache_clear()


def machine(
    monkeypatch: pytest.MonkeyPatch, *, user: int, named: bool, allows: tuple[tuple[str, ...], ...]
) -> None:
    """Pretend to be that user on a machine that allows these ways."""
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setattr(identity, "_has_name", lambda number: named)
    monkeypatch.setattr(identity, "_works", lambda command: command in allows)


def test_an_ordinary_user_needs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, user=1000, named=True, allows=())
    assert identity.prefix() == ()


def test_root_prefers_a_namespace(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, user=0, named=True, allows=(identity.NAMESPACE, identity.AS_NOBODY))
    assert identity.prefix() == identity.NAMESPACE


def test_root_without_namespaces_becomes_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, user=0, named=True, allows=(identity.AS_NOBODY,))
    assert identity.prefix() == identity.AS_NOBODY


def test_root_with_neither_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, user=0, named=True, allows=())
    with pytest.raises(StackError, match="start as an ordinary user"):
        identity.prefix()


def test_a_user_without_a_name_gets_one_in_a_namespace(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, user=12345, named=False, allows=(identity.NAMESPACE,))
    assert identity.prefix() == identity.NAMESPACE


def test_a_user_without_a_name_and_without_namespaces_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, user=12345, named=False, allows=(identity.AS_NOBODY,))
    with pytest.raises(StackError, match="number 12345"):
        identity.prefix()
