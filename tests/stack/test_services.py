"""The embedded parts, for real: PostgreSQL, Valkey and the sink with a command."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

from hubportal.stack import postgres
from hubportal.stack.layout import ROOT
from hubportal.stack.supervisor import Supervisor
from tests.stack.conftest import python
from tests.stack.test_supervisor import until

SERVICES = python("-m", "hubportal.stack", "services", "--")
REPORT = """
import json, os, psycopg2, redis, smtplib
from urllib.parse import urlsplit
database = psycopg2.connect(os.environ["DATABASE_URL"].replace("portal?", "portal?application_name=x&"))
row = database.cursor()
row.execute("select version(), lower('É'), current_setting('fsync')")
smtp = smtplib.SMTP("127.0.0.1", urlsplit(os.environ["EMAIL_URL"]).port)
answers = {"postgres": row.fetchone(), "valkey": redis.Redis.from_url(os.environ["REDIS_URL"]).ping(),
           "smtp": smtp.noop()[0], "var": os.environ["HUBPORTAL_VAR"]}
print(json.dumps(answers))
"""


def processes_of(folder: str) -> list[int]:
    """Processes with that folder on their command line."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if folder.encode() in entry.read_bytes():
                found.append(int(entry.parent.name))
        except OSError:
            continue
    return found


def test_a_command_gets_all_three_services_and_nothing_stays() -> None:
    command = [*SERVICES, *python("-c", REPORT)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    answers = json.loads(done.stdout)
    version, lower, fsync = answers["postgres"]
    assert version.startswith("PostgreSQL")
    assert lower == "é", "the builtin locale knows Unicode"
    assert fsync == "off"
    assert answers["valkey"] is True
    assert answers["smtp"] == 250
    assert not Path(answers["var"]).exists()
    assert processes_of(answers["var"]) == []


def test_the_exit_code_is_the_commands() -> None:
    assert subprocess.run([*SERVICES, "sh", "-c", "exit 5"], cwd=ROOT, check=False).returncode == 5


def test_a_killed_run_leaves_no_process() -> None:
    command = [*SERVICES, "sh", "-c", "echo $HUBPORTAL_VAR; exec sleep 60"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout
        folder = killed.stdout.readline().strip()
        assert processes_of(folder)
        os.kill(killed.pid, signal.SIGKILL)
    assert until(lambda: not processes_of(folder), 10)


def test_an_interrupted_command_is_stopped_and_the_folder_removed() -> None:
    command = [*SERVICES, "sh", "-c", "echo $HUBPORTAL_VAR; exec sleep 60"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as interrupted:
        assert interrupted.stdout
        folder = interrupted.stdout.readline().strip()
        began = time.monotonic()
        interrupted.send_signal(signal.SIGTERM)
    assert interrupted.returncode == 128 + signal.SIGTERM
    assert time.monotonic() - began < 10
    assert not Path(folder).exists()


def test_postgres_starts_again_after_it_was_killed(supervisor: Supervisor) -> None:
    env = dict(os.environ)
    first = postgres.start(supervisor, env, durable=False)
    postgres.wait_ready(supervisor, first)
    first.child.popen.kill()  # leaves postmaster.pid, sockets and shared memory behind
    first.child.popen.wait()

    second = postgres.start(supervisor, env, durable=False)
    postgres.wait_ready(supervisor, second)

    assert second.child.alive
