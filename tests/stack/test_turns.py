import os
import platform
import subprocess
import sys

import pytest

from hubportal.stack import turns

FORMER = (
    "import os; from hubportal.stack import turns; os.nice(3); print(turns.take_long_ones(), flush=True); "
)
TOLD = 'print(os.sched_getscheduler(0), os.nice(0), open("/proc/self/sched").read())'


def test_a_run_and_what_it_starts_take_long_turns() -> None:
    inner = f"import subprocess, sys; subprocess.run([sys.executable, '-c', 'import os; {TOLD}'], check=True)"
    told = subprocess.run(
        [sys.executable, "-c", FORMER + inner], capture_output=True, text=True, check=True
    ).stdout
    granted, policy, niceness, *schedule = told.split()
    assert (granted, policy, niceness) == ("True", str(os.SCHED_BATCH), "3")
    # Linux before 6.12 has no turns of one's own, and some hide their length.
    if "se.slice" in schedule and tuple(map(int, platform.release().split(".")[:2])) >= (6, 12):
        assert schedule[schedule.index("se.slice") + 2] == str(turns.TURN)


def test_another_machine_goes_on_with_its_own_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    assert not turns.take_long_ones()
