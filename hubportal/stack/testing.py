"""`./test`: pytest with throw-away services and, where there is one, a browser."""

import os
import sys
from collections.abc import Sequence

from hubportal.stack import browser, throwaway, turns
from hubportal.stack.console import Console, StackError


def run(arguments: Sequence[str], console: Console) -> int:
    """Run pytest on three workers, who share the long tests at the end; returns its exit code.

    Three, also on two cores: a quarter of a run is waiting for processes that start and die. With CI=true a missing
    browser raises StackError, and a skipped test makes the exit code 1.
    """
    in_ci = os.environ.get("CI", "").lower() in {"1", "true"}
    reason = browser.why_not(os.environ)
    if reason and in_ci:
        raise StackError(reason)
    if reason:
        console.say(reason)
    turns.take_long_ones()
    extra = {} if reason else {"PORTAL_CHROMIUM": browser.find(os.environ) or ""}
    plugins = ("-p", "hubportal.stack.noskips") if in_ci else ()
    return throwaway.run_command(
        [sys.executable, "-m", "pytest", *plugins, "-n", "3", "--dist", "worksteal", *arguments], extra=extra
    )
