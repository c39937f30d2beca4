"""A process that measures when it is asked: a line of JSON asks, a line of JSON answers."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any


class Talker:
    """A process beside this one, ready when its first line has come (`greeting`); a context manager that ends it."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str]) -> None:
        self._command, self._env = command, env
        self._process: subprocess.Popen[str] | None = None
        self.greeting: Any = None

    def __enter__(self) -> "Talker":
        self._process = subprocess.Popen(
            self._command, env=self._env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.greeting = self._answer()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def ask(self, what: Any) -> Any:
        """Tell it what to do and return what it answers."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(f"{json.dumps(what)}\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self._process is not None
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise SystemExit(f"{self._command[-1]} ended: nothing was measured")
        return json.loads(line)
