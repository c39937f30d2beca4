"""A real portal and a real Chromium for tests: gunicorn on a database of its own, filled with the demonstration.

The database is made once for each worker of the test run, so pages can be walked without a flush between tests;
a test that changes something there puts it back or changes what nobody else reads.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests import template

ROOT = Path(__file__).resolve().parent.parent
NO_BROWSER = "no Chromium: set PORTAL_CHROMIUM or install chromium-headless-shell"
CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
    # The one without windows would round the widths of letters; the other one, and a screen of today, does not.
    "--font-render-hinting=none",
]  # fmt: skip


@dataclass
class Portal:
    """A running portal: its address, its environment, its processes."""

    url: str
    env: dict[str, str]
    var: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        """Start a process of the portal; its output goes to a file in `var`."""
        with (self.var / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=log, stderr=subprocess.STDOUT)
        self.processes.append(process)
        return process

    def manage(self, *arguments: str) -> str:
        """Run a management command and return what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.env, check=True, capture_output=True, text=True
        ).stdout

    def start_worker(self) -> subprocess.Popen[bytes]:
        """Start a Celery worker with one process."""
        return self.start(
            "worker", sys.executable, "-m", "celery", "-A", "hubportal.celery", "worker", "-c", "1"
        )

    def speak(self, language: str) -> None:
        """Give everybody of the demonstration this language: the desk speaks each person's own."""
        with (
            closing(psycopg2.connect(self.env["DATABASE_URL"])) as connection,
            connection,
            connection.cursor() as cursor,
        ):
            cursor.execute("UPDATE accounts_user SET language = %s", [language])

    def stop(self) -> None:
        """Stop what was started, last first."""
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    """Return a port of the loopback that nobody uses now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _own_redis() -> str:
    """Return a Redis database that no test of this run uses: settings.py gives each worker its own pair from 0."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return f"{os.environ['REDIS_URL'].partition('?')[0]}?db={8 + 2 * worker}"


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The portal as `./run` prepares it, served by gunicorn."""
    port, var = free_port(), tmp_path_factory.mktemp("portal")
    url = f"http://localhost:{port}"
    database = template.copy_shown(f"walk_{secrets.token_hex(4)}", var / "files", var / "static")
    env = {
        **os.environ, "DATABASE_URL": database, "HUBPORTAL_VAR": str(var),
        "HUBPORTAL_BASE_URL": url, "HUBPORTAL_FILES": str(var / "files"), "REDIS_URL": _own_redis(),
    }  # fmt: skip
    env.pop("PYTEST_XDIST_WORKER", None)
    found = Portal(url, env, var)
    web = found.start(
        "web", sys.executable, "-m", "gunicorn", "hubportal.wsgi", "-b", f"127.0.0.1:{port}", "--threads", "4"
    )
    _wait_for(f"{url}/healthz", web, var / "web.log")
    yield found
    found.stop()


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        assert process.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(url, timeout=5)
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError(log.read_text())


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for the whole session of this worker."""
    path = os.environ.get("PORTAL_CHROMIUM")
    if not path:
        pytest.skip(NO_BROWSER)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def browsing(chromium: Browser, portal: Portal) -> Iterator[BrowserContext]:
    """A fresh browser session on the portal, in French."""
    context = chromium.new_context(locale="fr-BE", base_url=portal.url)
    yield context
    context.close()
