"""What every test stands on; sloppiness fails here: warnings, unknown template variables, unordered querysets,
connections that leave the machine."""

import gc
import random
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.models import QuerySet
from django.template import Context, RequestContext, Template
from django.test import Client, TransactionTestCase
from django.test.signals import template_rendered
from django.utils import translation
from pytest_django.plugin import blocking_manager_key

from tests import headers, template

pytest_plugins = ["tests.cast", "tests.browser", "tests.sinks", "tests.remembered", "tests.issuer"]

METHODS, METHODS_OF = "account_authentication_methods", "account_authentication_methods_user"
"""Where allauth keeps by which means a session was signed in, and whose means these were."""
TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
OUTSIDE_OUR_HANDS = ("admin", "django")


class UnknownVariable(str):
    """Stands for a variable that a template of ours uses and nobody gave; rendering it fails the test."""

    def __contains__(self, item: object) -> bool:
        return item == "%s"

    def __mod__(self, name: Any) -> str:
        """Called by the template engine with the variable's name."""
        frame = sys._getframe(1)
        context = frame.f_locals.get("context")
        template = getattr(getattr(context, "render_context", None), "template", None)
        origin = Path(getattr(getattr(template, "origin", None), "name", "") or "")
        if (
            origin.is_relative_to(TEMPLATES)
            and origin.relative_to(TEMPLATES).parts[0] not in OUTSIDE_OUR_HANDS
        ):
            raise AssertionError(f"{origin.relative_to(TEMPLATES)} uses an unknown variable: {name}")
        return ""


_TEMPLATE = pytest.StashKey[subprocess.Popen[bytes]]()


def pytest_configure(config: pytest.Config) -> None:
    """Make templates strict before the engine is built; begin the database that others are copied from."""
    settings.DATABASES["default"].setdefault("TEST", {})["TEMPLATE"] = template.MIGRATED
    # The workers of pytest-xdist find what the process that starts them begins.
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        config.stash[_TEMPLATE] = template.begin()
    settings.TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UnknownVariable()
    # Django's test client calls itself so; the demonstration answers the loopback only.
    settings.LOOPBACK = {*settings.LOOPBACK, "testserver"}
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    # Hashed names need collectstatic; the portal that the browser tests start (tests/browser.py) has them.
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


def pytest_unconfigure(config: pytest.Config) -> None:
    """Give up a database that nobody waited for."""
    if process := config.stash.get(_TEMPLATE, None):
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Wait for the database that the tests' own is copied from."""
    template.await_it(template.MIGRATED)


@pytest.fixture(scope="session", autouse=True)
def _unordered_is_random() -> Iterator[None]:
    """Shuffle what an unordered queryset returns, so that nothing leans on the order of a table."""
    fetch = QuerySet._fetch_all

    def shuffled(queryset: QuerySet[Any]) -> None:
        was_empty = queryset._result_cache is None
        fetch(queryset)
        if was_empty and not queryset.ordered:
            random.shuffle(queryset._result_cache)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QuerySet, "_fetch_all", shuffled)
        yield


@pytest.fixture(scope="session", autouse=True)
def _context_of_the_page(django_test_environment: None) -> Iterator[None]:
    """Keep what a page was drawn with (`response.context`), not what each part and each field of it was."""

    def render(drawn: Template, context: Context) -> Any:
        if isinstance(context, RequestContext) and context.template is drawn:
            template_rendered.send(sender=drawn, template=drawn, context=context)
        return drawn.nodelist.render(context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", render)
        yield


@pytest.fixture(autouse=True)
def _french_first() -> Iterator[None]:
    """Begin each test in French: the page of a Dutch reader would leave Dutch to the next test's addresses."""
    with translation.override("fr"):
        yield


@pytest.fixture(scope="session", autouse=True)
def _headers_of_every_answer() -> Iterator[None]:
    """Look at the headers of every answer that any test gets: pages, files, errors, redirects."""
    ask = Client.request

    def asked(self: Client, **request: Any) -> Any:
        response = ask(self, **request)
        path = str(request.get("PATH_INFO"))
        found = headers.faults(path, response.status_code, response.headers)
        assert not found, f"{path}: {found}"
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "request", asked)
        yield


@pytest.fixture(scope="session", autouse=True)
def _signed_in_wholly() -> Iterator[None]:
    """Let `Client.force_login` stand for a whole sign-in: with the second factor that a role asks for."""
    sign_in = Client.force_login

    def signed_in(self: Client, user: Any, backend: str | None = None) -> None:
        sign_in(self, user, backend)
        session = self.session
        session.update(
            {METHODS: [{"method": "mfa", "at": time.time(), "type": "totp"}], METHODS_OF: str(user.pk)}
        )
        session.save()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "force_login", signed_in)
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Refuse connections that leave the machine."""
    connect = socket.socket.connect

    def loopback_only(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in (
            "127.0.0.1",
            "localhost",
            "::1",
        ):
            raise AssertionError(f"a test connects to {address}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", loopback_only)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Put the 19 communes into the fresh test database; at the end, cut whoever is still connected to it."""
    with django_db_blocker.unblock():
        call_command("load_communes", verbosity=0)
    yield
    with django_db_blocker.unblock():
        _cut_other_sessions()


def _cut_other_sessions() -> None:
    """End the sessions that would keep the test database from being dropped, and say what they did last.

    Tests that kill processes and threads of the portal leave sessions whose end PostgreSQL has not noticed yet.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid), application_name, state, query FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        for _, *session in cursor.fetchall():
            print("still connected:", *session, file=sys.stderr)  # noqa: T201


@pytest.fixture(scope="session")
def _shown(django_db_setup: None) -> str:
    """The name of this worker's database with the demonstration."""
    name = f"shown_{secrets.token_hex(4)}"
    template.copy_shown(name, settings.HUBPORTAL_FILES)
    return name


@pytest.fixture(scope="module")
def demonstration(_shown: str, django_db_blocker: Any) -> Iterator[None]:
    """The whole demonstration, in a database of its own, for the tests of a module that ask for it.

    Each test rolls back its own changes. Not for tests that commit, nor beside tests that count on nobody.
    """
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        connection.close()
        patch.setitem(connection.settings_dict, "NAME", _shown)
        yield
        connection.close()


KEPT_WHEN_EMPTIED = {"django_migrations", "django_content_type", "auth_permission"}


@pytest.fixture(scope="session", autouse=True)
def _emptied_by_delete() -> Iterator[None]:
    """After a test that commits, delete its rows: TRUNCATE, Django's way, makes the files of 60 tables anew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _test: _delete_all_rows())
        yield


def _delete_all_rows() -> None:
    tables = {table for table in connection.introspection.table_names() if table not in KEPT_WHEN_EMPTIED}
    deletes = "".join(f"DELETE FROM {connection.ops.quote_name(table)};" for table in sorted(tables))  # noqa: S608
    with connection.cursor() as cursor:
        # As a replica, no trigger asks whether what is frozen may go, and no key whether a row is still named.
        cursor.execute(f"SET session_replication_role = replica; {deletes} RESET session_replication_role")


@pytest.fixture
def refilled(transactional_db: None) -> None:
    """The 19 communes again, for tests that commit: the flush after each of them empties every table."""
    call_command("load_communes", verbosity=0)


def pytest_collection_finish() -> None:
    """Let the garbage collector leave alone what stays until the end."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long tests, the longest first, so that no worker is left with one when the others are done."""
    items.sort(key=lambda item: -sum(bool(item.get_closest_marker(name)) for name in ("browser", "slow")))


_FLUSHED = pytest.StashKey[bool]()
"""Whether a test emptied the tables, the 19 communes too."""


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Put the 19 communes back before an ordinary test that runs after one that commits.

    pytest-django puts those last, but a worker that is done takes over ordinary tests of another one.
    """
    marker, names = item.get_closest_marker("django_db"), getattr(item, "fixturenames", ())
    if "transactional_db" in names or (marker and marker.kwargs.get("transaction")):
        item.session.stash[_FLUSHED] = True
    elif item.session.stash.get(_FLUSHED, False) and (marker or "db" in names):
        item.session.stash[_FLUSHED] = False
        with item.config.stash[blocking_manager_key].unblock():
            call_command("load_communes", verbosity=0)
