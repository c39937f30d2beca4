"""States that many tests begin in: brought about once by their real steps, then written again as those wrote them.

A factory marked `@remembered` runs its steps the first time. Its statements are kept under a key: the factory, what
it was given, and every statement that the test had written before; so the same beginning leads to the same rows. A
test with that beginning gets them in one go, with this moment's times, without asking, rendering and checking again.

That works because a test's keys begin at fixed numbers, in each table at others: a row's key never is another one's.
Steps run anew in tests that commit, and in those that change settings or code, which no statement would tell; in all
tests with STEPS=anew in the environment. tests/test_remembered.py compares the rows.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import pytest
from django.db import connection, models, transaction
from django.utils import timezone, translation

from hubportal.workflow import Stateful
from tests.cast import UserFactory

P = ParamSpec("P")
Made = TypeVar("Made", bound=models.Model)

_IS_ANEW = os.environ.get("STEPS") == "anew"
_READS = ("SELECT", "SAVEPOINT", "RELEASE")
_EACH_TABLE = 100_000
"""How many keys a test may use in a table."""


@dataclass
class Write:
    """A statement that changed something; `told` is the same in each test that writes it."""

    sql: str
    params: Any
    is_many: bool
    told: str = ""

    def __post_init__(self) -> None:
        self.told = self.told or f"{self.sql} {_told(self.params)}"

    def later(self, since: datetime, until: datetime) -> "Write":
        """Return it as what began and ended then is written now."""
        return Write(self.sql, _later(self.params, since, until, timezone.now()), self.is_many, self.told)

    def as_sql(self, cursor: Any) -> Iterator[bytes]:
        """Yield its statements with their values."""
        for params in self.params if self.is_many else [self.params]:
            yield cursor.mogrify(self.sql, params)


@dataclass
class Diary:
    """What the running test wrote so far, if it is one whose factories may remember."""

    test: Any = None
    writes: list[Write] = field(default_factory=list)

    def open(self, test: Any) -> None:
        """Begin with an empty page."""
        self.test, self.writes = test, []

    @property
    def is_whole(self) -> bool:
        """Whether its statements tell all that the test did: it changed neither code nor settings."""
        fixtures = getattr(self.test, "funcargs", {})
        patch, settings = fixtures.get("monkeypatch"), fixtures.get("settings")
        is_patched = patch is not None and (patch._setattr or patch._setitem)
        return bool(self.test) and not is_patched and not getattr(settings, "_to_restore", None)

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        """Note a statement; Django calls this for each (`execute_wrappers`)."""
        if self.test and not str(sql).startswith(_READS):
            if not self.writes:
                begin_keys()
            self.writes.append(Write(str(sql), params, many))
        return execute(sql, params, many, context)

    def key(self, make: Any, *given: Any) -> bytes:
        """Return what the outcome of a factory depends on; LookupError for what cannot be compared."""
        digest = hashlib.sha256()
        database, language = connection.settings_dict["NAME"], translation.get_language()
        for part in (make.__module__, make.__qualname__, timezone.localdate(), database, language, _people()):
            digest.update(f"{part}\n".encode())
        digest.update(repr(_comparable(given)).encode())
        for write in self.writes:
            # A session has a random key, and nothing else depends on it.
            if "accounts_session" not in write.sql:
                digest.update(write.told.encode(errors="surrogatepass"))
        return digest.digest()


@dataclass
class Kept:
    """What a factory did."""

    since: datetime
    until: datetime
    writes: list[Write]
    calls: list[Any]
    """Those to make after the commit."""
    made: models.Model
    people: int
    """How many the factory of people had made then."""

    def again(self, given: list[Any]) -> Any:
        """Do it again; return the row."""
        writes = [write.later(self.since, self.until) for write in self.writes]
        with connection.connection.cursor() as cursor:
            if not DIARY.writes:
                begin_keys()
            cursor.execute(b";".join(part for write in writes for part in write.as_sql(cursor)))
        DIARY.writes += writes
        UserFactory.reset_sequence(self.people)
        for call in self.calls:
            transaction.on_commit(call)
        for row in given:
            if isinstance(row, Stateful):
                row.refresh_from_db()
        return next((row for row in given if row == self.made), None) or self._fresh()

    def _fresh(self) -> models.Model:
        """Return the row as the factory left it, with the related rows that it held, and this moment's values."""
        row, now = deepcopy(self.made), type(self.made)._base_manager.get(pk=self.made.pk)
        for column in row._meta.concrete_fields:
            setattr(row, column.attname, getattr(now, column.attname))
        return row


DIARY = Diary()
_KEPT: dict[bytes, Kept] = {}
_KEYS: dict[str, bytes] = {}


def remembered(make: Callable[P, Made]) -> Callable[P, Made]:
    """Let a factory of a row run its steps once for each beginning of a test."""

    @wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> Made:
        given = [*args, *kwargs.values()]
        try:
            key = DIARY.key(make, args, kwargs) if DIARY.is_whole else b""
        except LookupError:
            key = b""
        if not key:
            return make(*args, **kwargs)
        if key in _KEPT:
            row: Made = _KEPT[key].again(given)
            return row
        since, written, called = timezone.now(), len(DIARY.writes), len(connection.run_on_commit)
        row = make(*args, **kwargs)
        writes = DIARY.writes[written:]
        if writes and not any(write.sql.startswith("ROLLBACK") for write in writes):
            calls = [call for _, call, _ in connection.run_on_commit[called:]]
            _KEPT[key] = Kept(since, timezone.now(), writes, calls, deepcopy(row), _people())
        return row

    return made


def begin(test: Any) -> None:
    """Begin a test with an empty diary, or without one; the next person is the first again."""
    UserFactory.reset_sequence(0)
    DIARY.open(test)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: Any, request: Any) -> Iterator[None]:
    """Open the diary once a test's own transaction is."""
    found = yield
    if fixturedef.argname == "_django_db_helper":
        if DIARY not in connection.execute_wrappers:
            connection.execute_wrappers.append(DIARY)
        if not connection.in_atomic_block:
            # What it commits, and the flush after it, change what the others begin with.
            _KEPT.clear()
        begin(request.node if connection.in_atomic_block and not _IS_ANEW else None)
    return found


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown() -> None:
    """Close it."""
    DIARY.open(None)


def _people() -> int:
    """Return how many the factory of people made."""
    count: int = UserFactory._meta.next_sequence()
    UserFactory.reset_sequence(count)
    return count


def begin_keys() -> None:
    """Let each table's keys begin at a number of their own, the same in each test."""
    name = connection.settings_dict["NAME"]
    with connection.connection.cursor() as cursor:
        if name not in _KEYS:
            cursor.execute("SELECT oid::regclass FROM pg_class WHERE relkind = 'S' ORDER BY relname")
            calls = [
                f"setval('{row}', {_EACH_TABLE * count})" for count, (row,) in enumerate(cursor.fetchall(), 1)
            ]
            _KEYS[name] = f"SELECT {', '.join(calls)}".encode()
        cursor.execute(_KEYS[name])


def _is_of_now(value: Any) -> bool:
    """Tell whether a moment was reckoned from the present one: nobody types microseconds."""
    return isinstance(value, datetime) and value.tzinfo is not None and value.microsecond != 0


def _told(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_told(one) for one in value)
    if _is_of_now(value):
        return f"now {round((value - timezone.now()).total_seconds())}"
    return repr(getattr(value, "adapted", value))


def _later(value: Any, since: datetime, until: datetime, now: datetime) -> Any:
    """Return values with the moments of now; the steps, which took a while, follow each other in no time."""
    if isinstance(value, list | tuple):
        return type(value)(_later(one, since, until, now) for one in value)
    if not _is_of_now(value):
        return value
    return now + (value - since) / (1000 if since <= value <= until else 1)


def _comparable(value: Any) -> Any:
    if isinstance(value, models.Model):
        return value._meta.label, value.pk
    if isinstance(value, dict):
        return [(name, _comparable(one)) for name, one in value.items()]
    if isinstance(value, list | tuple):
        return [_comparable(one) for one in value]
    if value is None or isinstance(value, str | int | date):
        return repr(value)
    raise LookupError(value)
