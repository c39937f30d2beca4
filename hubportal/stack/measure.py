"""Measures what a newcomer waits for: `python3 -m hubportal.stack.measure [--test] [--tsv FILE]`.

Runs `./run` as it is, signs somebody in through the demonstration's sign-in page, presses Ctrl-C, starts
again. Standard library only, so that it runs on a machine where nothing is installed yet.
"""

import argparse
import http.cookiejar
import re
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from html.parser import HTMLParser
from pathlib import Path

from hubportal.stack.console import StackError
from hubportal.stack.layout import ROOT

_READY = re.compile(r"ready: (http://localhost:\d+)")


class DemoForm(HTMLParser):
    """The first form of a page that posts to an address under /demo/: its address and its fields."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self._inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = not self.action and "/demo/" in given.get("action", "")
            if self._inside:
                self.action = given["action"]
        elif self._inside and tag in ("input", "button") and given.get("name"):
            # Of several buttons the first is pressed.
            self.fields.setdefault(given["name"], given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False


def sign_in(address: str) -> None:
    """Press the first demo button of the sign-in page. Raises StackError unless it opens the portal."""
    cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    browser = urllib.request.build_opener(cookies)
    with browser.open(f"{address}/", timeout=30) as response:
        form = DemoForm(response.read().decode())
    if not form.action:
        raise StackError(f"no demo sign-in on {address}")
    target = urllib.parse.urljoin(address, form.action)
    with browser.open(target, urllib.parse.urlencode(form.fields).encode(), timeout=30) as response:
        page, arrived = response.read().decode(), response.url
    if "/sign-out/" not in page:
        raise StackError(f"the demo sign-in led to {arrived}, where nobody is signed in")


def measure_run() -> tuple[float, float, float]:
    """Seconds of one `./run`: until ready, until signed in, and of Ctrl-C. Raises StackError."""
    began = time.monotonic()
    with subprocess.Popen(
        ["./run"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as run:
        try:
            address = _wait_ready(run)
            ready = time.monotonic() - began
            sign_in(address)
            signed_in = time.monotonic() - began
        finally:
            asked = time.monotonic()
            run.send_signal(signal.SIGINT)
            run.communicate()
    if run.returncode != 0:
        raise StackError(f"./run ended with exit code {run.returncode}")
    return ready, signed_in, time.monotonic() - asked


def measure_test() -> float:
    """Seconds of `./test`. Raises StackError when a test fails."""
    began = time.monotonic()
    if subprocess.run(["./test", "-q"], cwd=ROOT, check=False).returncode != 0:
        raise StackError("./test failed")
    return time.monotonic() - began


def main(arguments: list[str]) -> int:
    """Measure, print and, with --tsv, write a table; returns the exit code."""
    parser = argparse.ArgumentParser(prog="hubportal.stack.measure", description=__doc__)
    parser.add_argument("--test", action="store_true")
    parser.add_argument("--tsv", type=Path)
    options = parser.parse_args(arguments)
    try:
        first_ready, first_signed_in, first_stop = measure_run()
        second_ready, second_signed_in, _second_stop = measure_run()
        rows = [
            ("first ./run until ready", first_ready),
            ("first ./run until signed in", first_signed_in),
            ("Ctrl-C", first_stop),
            ("second ./run until ready", second_ready),
            ("second ./run until signed in", second_signed_in),
        ]
        if options.test:
            rows.append(("./test, installing included", measure_test()))
    except StackError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    table = "".join(f"{label}\t{seconds:.1f}\n" for label, seconds in rows)
    print(table, end="")
    if options.tsv:
        options.tsv.write_text(table)
    return 0


def _wait_ready(run: "subprocess.Popen[str]") -> str:
    """The address that ./run prints; what it prints is shown."""
    for line in run.stdout or ():
        print(line, end="", flush=True)
        found = _READY.search(line)
        if found:
            return found[1]
    raise StackError("./run ended before it was ready")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
