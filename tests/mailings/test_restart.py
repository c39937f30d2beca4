"""PostgreSQL is stopped and started again while an edition is being sent."""

import json
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow


def test_postgresql_that_is_stopped_and_started_loses_nothing_and_doubles_nothing() -> None:
    env = {name: value for name, value in os.environ.items() if name != "PYTEST_XDIST_WORKER"}
    inner = [sys.executable, "-m", "tests.mailings.restarting"]
    done = subprocess.run(
        [sys.executable, "-m", "hubportal.stack", "services", "--", *inner],
        env=env, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert 5 <= told.pop("kept_before") < 40, "the database went away too early or too late"
    assert told == {"kept": 40, "twice": [], "states": {"accepted": 40}, "mailing": "sent"}
