"""/healthz and /readyz tell the truth about real processes."""

import json
import signal
import sys
import time
import urllib.error
import urllib.request

import psycopg2
import pytest

from tests.browser import Portal


def ask(url: str) -> tuple[int, dict[str, str]]:
    """Return the code of /readyz and what it says of each part."""
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=10) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def wait_until(url: str, code: int, within: float) -> dict[str, str]:
    """Ask until the code comes, and return what was said then."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        found, said = ask(url)
        if found == code:
            return said
        time.sleep(0.3)
    raise AssertionError(f"/readyz did not answer {code} within {within} s, but {ask(url)}")


@pytest.mark.slow
def test_ready_when_worker_and_beat_live_and_not_when_the_worker_is_killed(portal: Portal) -> None:
    code, said = ask(portal.url)
    assert code == 503
    assert (said["database"], said["migrations"], said["broker"]) == ("ok", "ok", "ok")
    assert said["worker"] != "ok"
    assert said["beat"] != "ok"
    # Each start asks before all is up: that is told by name, and is no fault.
    log = (portal.var / "web.log").read_text()
    assert "not ready: worker silent, beat silent" in log
    assert "Service Unavailable" not in log

    worker = portal.start_worker()
    beat = portal.start(
        "beat", sys.executable, "-m", "celery", "-A", "hubportal.celery", "beat", "--pidfile="
    )
    assert set(wait_until(portal.url, 200, within=30).values()) == {"ok"}

    worker.send_signal(signal.SIGKILL)
    said = wait_until(portal.url, 503, within=30)
    assert said["beat"] == "ok"
    assert said["worker"] != "ok"
    beat.terminate()


def test_pages_go_on_after_the_database_has_dropped_every_connection(portal: Portal) -> None:
    page = f"{portal.url}/fr/sign-in/"
    assert urllib.request.urlopen(page, timeout=10).status == 200
    with psycopg2.connect(portal.env["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    for _ in range(8):
        assert urllib.request.urlopen(page, timeout=10).status == 200
    assert ask(portal.url)[1]["database"] == "ok"
