"""The shell scripts and the making of the virtual environment, without the network."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest

from hubportal.stack import install
from hubportal.stack.console import StackError
from hubportal.stack.install import RUN_FILES, TEST_FILES, Environment
from hubportal.stack.layout import ROOT
from hubportal.stack.process import Program
from hubportal.stack.supervisor import Supervisor

SH = shutil.which("dash") or "sh"


class Recorder:
    """Stands for the supervisor: notes the programs, makes a false environment, may fail."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.layout = supervisor.layout
        self.console = supervisor.console
        self.names: list[str] = []
        self.failure: Exception | None = None

    def require(self, program: Program) -> str:
        self.names.append(program.name)
        if program.name == "venv":
            folder = Path(program.command[-1])
            version = f"python{sys.version_info.major}.{sys.version_info.minor}"
            (folder / "lib" / version / "site-packages" / "pip").mkdir(parents=True)
            (folder / "bin").mkdir()
            (folder / "bin" / "python").symlink_to(sys.executable)
        if program.name == "pip" and self.failure:
            raise self.failure
        return ""


@pytest.fixture
def recorder(supervisor: Supervisor) -> Recorder:
    return Recorder(supervisor)


def provide(recorder: Recorder, files: tuple[str, ...]) -> list[str]:
    """What was run to provide these files."""
    recorder.names.clear()
    Environment(cast("Supervisor", recorder)).provide(files)
    return list(recorder.names)


def test_the_first_start_makes_and_installs_and_the_second_does_nothing(recorder: Recorder) -> None:
    assert provide(recorder, RUN_FILES) == ["venv", "pip"]
    assert provide(recorder, RUN_FILES) == []


def test_the_tests_packages_serve_run_too(recorder: Recorder) -> None:
    assert provide(recorder, RUN_FILES) == ["venv", "pip"]
    assert provide(recorder, TEST_FILES) == ["pip"]
    assert provide(recorder, RUN_FILES) == []


def test_other_requirements_are_installed(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    provide(recorder, RUN_FILES)
    monkeypatch.setattr(install, "_digest", lambda files, version: "new")
    assert provide(recorder, RUN_FILES) == ["pip"]


@pytest.mark.parametrize("damage", ["interrupted", "no python", "no pip"])
def test_a_half_made_environment_is_made_anew(recorder: Recorder, damage: str) -> None:
    provide(recorder, RUN_FILES)
    folder = recorder.layout.var / "venv"
    if damage == "interrupted":
        (recorder.layout.var / "venv.unfinished").touch()
    elif damage == "no python":
        (folder / "bin" / "python").unlink()
    else:
        shutil.rmtree(folder / "lib")
    assert provide(recorder, RUN_FILES) == ["venv", "pip"]
    assert not (recorder.layout.var / "venv.unfinished").exists()


def test_an_environment_made_by_somebody_else_is_kept(recorder: Recorder) -> None:
    provide(recorder, RUN_FILES)
    for stamp in (recorder.layout.var / "venv").glob("installed-*"):
        stamp.unlink()
    assert provide(recorder, RUN_FILES) == ["pip"]


def test_a_failed_installation_keeps_the_environment_and_says_where_to_look(recorder: Recorder) -> None:
    provide(recorder, RUN_FILES)
    recorder.failure = StackError("pip failed (exit 1)")
    with pytest.raises(StackError, match="pip config list"):
        provide(recorder, TEST_FILES)
    recorder.failure = None
    assert provide(recorder, TEST_FILES) == ["pip"]


@pytest.mark.parametrize(
    ("failure", "advice"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("CERTIFICATE_VERIFY_FAILED: certificate is not yet valid", "The clock of this machine says"),
    ],
)
def test_known_failures_have_their_own_advice(recorder: Recorder, failure: str, advice: str) -> None:
    recorder.failure = StackError(failure)
    with pytest.raises(StackError, match=advice):
        provide(recorder, RUN_FILES)


def test_a_missing_venv_module_prints_the_exact_line(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr("hubportal.stack.apt.can_install", lambda: False)
    with pytest.raises(StackError, match=r"sudo apt-get install -y python3\.\d+-venv"):
        provide(recorder, RUN_FILES)


@pytest.mark.parametrize("script", ["run", "test", "hubportal/stack/start.sh"])
def test_scripts_are_plain_shell(script: str) -> None:
    subprocess.run([SH, "-n", ROOT / script], check=True)


@pytest.mark.parametrize("script", [".ci/run", ".ci/bare-debian"])
def test_ci_scripts_are_bash(script: str) -> None:
    subprocess.run(["bash", "-n", ROOT / script], check=True)


@pytest.mark.parametrize("script", ["run", "test", ".ci/run", ".ci/bare-debian"])
def test_scripts_can_be_executed(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)


def false_project(folder: Path, **candidates: str) -> Path:
    """A project whose install.py tells who runs it, with these programs as the whole PATH."""
    package = folder / "hubportal" / "stack"
    package.mkdir(parents=True)
    (package / "install.py").write_text("import os, sys; print(os.environ['CANDIDATE'], *sys.argv[1:])")
    for name, script in candidates.items():
        program = folder / name.replace("_", ".")
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    return folder


def start(folder: Path, path: str = "") -> "subprocess.CompletedProcess[str]":
    command = [shutil.which(SH) or SH, str(ROOT / "hubportal" / "stack" / "start.sh"), "run", "a b"]
    env = {"PATH": path or str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_a_candidate_that_exists_but_fails_is_passed_over(tmp_path: Path) -> None:
    good = f'CANDIDATE=good exec {sys.executable} "$@"'
    done = start(false_project(tmp_path, python3_13="echo no such version >&2; exit 127", python3_12=good))
    assert done.stdout == "good run a b\n", done.stderr


@pytest.mark.parametrize(("system", "found"), [("good", "system run a b\n"), ("bad", "pyenv run a b\n")])
def test_a_python_of_pyenv_is_taken_when_the_system_has_none(tmp_path: Path, system: str, found: str) -> None:
    shims, folder = tmp_path / ".pyenv" / "shims", tmp_path / "bin"
    false_project(shims, python3_13=f'CANDIDATE=pyenv exec {sys.executable} "$@"')
    answer = f'CANDIDATE=system exec {sys.executable} "$@"' if system == "good" else "exit 1"
    false_project(folder, python3_11=answer)
    assert start(folder, f"{shims}:{folder}").stdout == found


def test_what_is_started_keeps_what_it_compiled(tmp_path: Path) -> None:
    told = f"""exec {sys.executable} -c 'import sys; print("anew" if sys.dont_write_bytecode else "kept")'"""
    done = start(false_project(tmp_path, python3_12=f'[ "$1" = -m ] || exit 0\n{told}'))
    assert done.stdout == "kept\n", done.stderr


def test_an_old_python_is_not_enough(tmp_path: Path) -> None:
    done = start(false_project(tmp_path, python3="exit 1"))
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed" in done.stderr
