"""What docker-compose.yml and the Dockerfile say, run by hand: no engine, real PostgreSQL, Valkey and mail server.

The commands, variables and secrets are those of the files; only addresses, ports and folders are replaced by those
of a temporary folder. The code runs from a copy without what .dockerignore leaves out, as in the image.
"""

import fnmatch
import os
import re
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml

from hubportal.stack import postgres, valkey

ROOT = Path(__file__).resolve().parent.parent
HOST = "portal.example.brussels"
VALUES = {
    "HUBPORTAL_HOSTS": f"{HOST}, www.{HOST}",
    "HUBPORTAL_BASE_URL": f"https://{HOST}",
    "HUBPORTAL_FROM": "hubportal <no-reply@example.brussels>",
    "HUBPORTAL_CONTACT_EMAIL": "contact@example.brussels",
}
"""What somebody would write into .env."""


def composition(values: Mapping[str, str]) -> dict[str, Any]:
    """Return docker-compose.yml with each ${NAME:-default} and ${NAME:?reason} filled in."""

    def value(match: re.Match[str]) -> str:
        name, kind, rest = match.groups()
        if name in values:
            return values[name]
        if kind != ":-":
            raise LookupError(f"{name} is missing: {rest}")
        return rest or ""

    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    filled: dict[str, Any] = yaml.safe_load(re.sub(r"\$\{(\w+)(?:(:[-?])([^}]*))?\}", value, text))
    return filled


class Stand:
    """One installation in `folder`, on the server that `admin_url` may administer; mail goes to `email_url`."""

    def __init__(self, folder: Path, admin_url: str, email_url: str) -> None:
        self.folder, self.services = folder, composition(VALUES)["services"]
        self.web, self.redis = _free_port(), _free_port()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._image = dict(
            re.findall(r"(\w+)=(\S+)", re.findall(r"^ENV (.*)$", _dockerfile(), re.MULTILINE)[0])
        )
        self._admin = {key: found[0] for key, found in parse_qs(urlsplit(admin_url).query).items()}
        # The role and the database of a server shared with other tests need a name of their own.
        name = f"deploy_{secrets.token_hex(4)}"
        self.database_url = f"postgres://{name}:{secrets.token_hex(8)}@/{name}?host={self._admin['host']}"
        self._lay_out(email_url)

    def environment(self, service: str) -> dict[str, str]:
        """Return the image's variables, the service's, and a PATH that finds the programs."""
        told = self._image | self.services[service].get("environment", {})
        return {"PATH": _path(), **{key: self.here(text) for key, text in told.items()}}

    def call(self, service: str, *command: str) -> str:
        """Run the service's own command, or another one in its place, to its end; return what it printed."""
        return self._run(list(command) or self._command(service), self.environment(service))

    def start(self, service: str, *more: str) -> None:
        """Start the service's command; its output goes to a file in the folder."""
        line = [self.here(word) for word in self._command(service)]
        with (self.folder / f"{service}.log").open("wb") as log:
            self.processes[service] = subprocess.Popen(
                [*line, *more],
                cwd=self.folder / "app",
                env=self.environment(service),
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def is_healthy(self, service: str) -> bool:
        """Run the service's health check."""
        check = self.services[service]["healthcheck"]["test"][1:]
        command = [self.here(word) for word in check]
        env = self.environment(service)
        done = subprocess.run(command, cwd=self.folder / "app", env=env, capture_output=True, check=False)
        return done.returncode == 0

    def stop(self) -> dict[str, int | None]:
        """Stop all, as `docker-compose stop` does; return the exit codes, None for who had to be killed."""
        codes: dict[str, int | None] = {}
        for service, process in reversed(self.processes.items()):
            grace = str(self.services[service].get("stop_grace_period", "10s")).removesuffix("s")
            process.send_signal(signal.SIGTERM)
            try:
                codes[service] = process.wait(float(grace))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                codes[service] = None
        self.processes.clear()
        return codes

    def make_database(self) -> None:
        """Run the script that the image of PostgreSQL runs at its first start."""
        env = {
            **self.environment("postgres"),
            "PGHOST": self._admin["host"],
            "POSTGRES_USER": self._admin["user"],
        }
        subprocess.run([ROOT / "deploy/database"], env=env, check=True, capture_output=True)

    def build(self) -> None:
        """Run the Dockerfile's lines that need only Python, with its variables alone."""
        env = {"PATH": _path(), **{key: self.here(text) for key, text in self._image.items()}}
        for line in re.findall(r"^RUN (.*python .*)$", _dockerfile(), re.MULTILINE):
            self._run(["sh", "-c", line], env)

    def here(self, text: str) -> str:
        """Return the text with what is only true among containers replaced."""
        for there, ours in (
            ("/run/secrets", str(self.folder / "secrets")),
            ("/srv/hubportal", str(self.folder / "srv")),
            ("redis:6379", f"127.0.0.1:{self.redis}"),
            ("0.0.0.0:8000", f"127.0.0.1:{self.web}"),
            ("127.0.0.1:8000", f"127.0.0.1:{self.web}"),
        ):
            text = text.replace(there, ours)
        return text

    def _run(self, line: list[str], env: Mapping[str, str]) -> str:
        command = [self.here(word) for word in line]
        done = subprocess.run(
            command, cwd=self.folder / "app", env=env, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{shlex.join(line)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def _command(self, service: str) -> list[str]:
        return shlex.split(self.services[service]["command"])

    def _lay_out(self, email_url: str) -> None:
        (self.folder / "srv/files").mkdir(parents=True)
        (self.folder / "secrets").mkdir()
        for name, value in {
            "secret_key": secrets.token_hex(32),
            "database_url": self.database_url,
            "email_url": email_url,
        }.items():
            (self.folder / "secrets" / name).write_text(value)
        shutil.copytree(ROOT, self.folder / "app", ignore=_left_out)


def _dockerfile() -> str:
    """Return the Dockerfile, each instruction on one line."""
    return (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")


def _left_out(folder: str, names: list[str]) -> list[str]:
    rules = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    here = Path(folder).relative_to(ROOT)
    return [
        name
        for name in names
        if any(
            fnmatch.fnmatchcase(name, rule[3:]) if rule.startswith("**/") else str(here / name) == rule
            for rule in rules
        )
    ]


def _path() -> str:
    first = (Path(sys.executable).parent, valkey.binary().parent, postgres.binaries())
    return os.pathsep.join([*map(str, first), os.environ["PATH"]])


def _free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return int(listener.getsockname()[1])
