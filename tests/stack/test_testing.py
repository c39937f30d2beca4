"""What `./test` adds to pytest: the browser, no skips in CI; and what measures a newcomer's wait."""

import subprocess
from pathlib import Path

import pytest

from hubportal.stack import browser, testing
from hubportal.stack.console import Console, StackError
from hubportal.stack.layout import ROOT
from hubportal.stack.measure import DemoForm
from tests.stack.conftest import python


def program(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_the_named_browser_comes_first(tmp_path: Path) -> None:
    named, _other = program(tmp_path, "mine"), program(tmp_path, "chromium")
    assert browser.find({"PORTAL_CHROMIUM": str(named), "PATH": str(tmp_path)}) == str(named)


def test_chromium_in_path_is_found(tmp_path: Path) -> None:
    assert browser.find({"PATH": str(tmp_path)}) is None
    chromium = program(tmp_path, "chromium")
    assert browser.find({"PATH": str(tmp_path)}) == str(chromium)
    shell = program(tmp_path, "chromium-headless-shell")
    assert browser.find({"PATH": str(tmp_path)}) == str(shell)


def test_a_named_browser_that_is_not_there_is_no_browser() -> None:
    reason = browser.why_not({"PORTAL_CHROMIUM": "/no/such/browser", "PATH": "/usr/bin"})
    assert reason == "PORTAL_CHROMIUM=/no/such/browser is no program"


def test_without_a_browser_the_exact_line_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "_has_libatomic", lambda: False)
    reason = browser.why_not({"PATH": str(tmp_path)})
    assert reason == "browser tests need: sudo apt-get install -y chromium-headless-shell libatomic1"


def test_ci_does_not_start_without_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("PORTAL_CHROMIUM", "/no/such/browser")
    with pytest.raises(StackError, match="is no program"):
        testing.run([], Console())


@pytest.mark.parametrize(("body", "code"), [("assert True", 0), ("pytest.skip('no browser')", 1)])
def test_a_skip_fails_in_ci(tmp_path: Path, body: str, code: int) -> None:
    (tmp_path / "test_it.py").write_text(f"import pytest\ndef test_it():\n    {body}\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    options = ["-c", str(tmp_path / "pytest.ini"), "-p", "no:django", "-p", "hubportal.stack.noskips"]
    command = python("-m", "pytest", *options, "-n", "1", str(tmp_path))
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout
    assert ("skipped, which fails in CI" in done.stdout) == bool(code)


def test_the_first_demo_button_is_pressed() -> None:
    form = DemoForm(
        """<form action="/fr/sign-in/"><input name="email"></form>
        <form method="post" action="/demo/sign-in/echevine/"><input type="hidden" name="csrf" value="x">
        <button name="go" value="1"></button><button name="go" value="2"></button></form>
        <form action="/demo/sign-in/spoc/"><input name="other" value="y"></form>"""
    )
    assert form.action == "/demo/sign-in/echevine/"
    assert form.fields == {"csrf": "x", "go": "1"}
