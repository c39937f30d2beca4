"""`python -m deploy.check [--files]`: the deployment, checked without an engine. The image itself is not built.

`docker-compose config` and the proxy's configuration are checked where these programs are installed, and with
`--files` no more than that. Then every service's command is run by hand (deploy/stand.py), from an empty server
until the first administrator's invitation has left by mail.
"""

import http.client
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path
from urllib.parse import urlsplit

from deploy.stand import HOST, ROOT, VALUES, Stand
from hubportal.stack import throwaway

READY_WITHIN = 40.0  # seconds
FIRST = "first.admin@example.brussels"


def main(arguments: list[str]) -> int:
    """Check all; returns the exit code."""
    if arguments == ["--files"]:
        check_files()
        return 0
    if arguments != ["--inside"]:
        check_files()
        command = [sys.executable, "-m", "deploy.check", "--inside"]
        return throwaway.run_command(command, durable=True)
    with tempfile.TemporaryDirectory() as folder:
        check_services(Stand(Path(folder), os.environ["DATABASE_URL"], os.environ["EMAIL_URL"]))
    return 0


def check_files() -> None:
    """Let docker-compose and Caddy read their files, where they are installed."""
    for program, command in {
        "docker-compose": ("docker-compose", "-f", str(ROOT / "docker-compose.yml"), "config", "-q"),
        "caddy": ("caddy", "validate", "--config", str(ROOT / "deploy/Caddyfile")),
    }.items():
        if not shutil.which(program):
            say(f"not checked: {program} is not installed")
            continue
        done = subprocess.run(
            command, env={**os.environ, **VALUES}, capture_output=True, text=True, check=False
        )
        expect(done.returncode == 0, f"{program}: {done.stderr}")
        say(f"ok: {' '.join(command[:1])} reads its file")


def check_services(stand: Stand) -> None:
    """Run every service's command, from an empty server to the first administrator's invitation."""
    try:
        stand.make_database()
        stand.make_database()  # twice changes nothing
        stand.build()
        say("ok: the database's script and the Dockerfile's lines")
        stand.start("redis", "--bind", "127.0.0.1", "--port", str(stand.redis))
        stand.call("migrate")
        for service in ("web", "worker", "beat"):
            stand.start(service)
        until(lambda: ask(stand, "/readyz")[0] == 200, lambda: f"/readyz: {ask(stand, '/readyz')}")
        say(f"ok: migrate, web, worker, beat: {ask(stand, '/readyz')[2]}")
        for service in ("web", "worker", "beat"):
            expect(stand.is_healthy(service), f"the health check of {service} fails")
        check_headers(stand)
        check_invitation(stand)
    finally:
        codes = stand.stop()
    expect(set(codes.values()) == {0}, f"not stopped in time, or not well: {codes}")
    say("ok: health checks, headers, invitation, stop")


def check_headers(stand: Stand) -> None:
    """Look at what only production sends."""
    code, headers, _ = ask(stand, "/fr/sign-in/")
    expect(code == 200, f"the sign-in page answers {code}")
    expect("max-age=63072000" in headers.get("Strict-Transport-Security", ""), "no HSTS")
    expect("default-src 'none'" in headers.get("Content-Security-Policy", ""), "no CSP")
    expect(headers.get("Set-Cookie", "").startswith("__Host-csrf="), f"cookie: {headers.get('Set-Cookie')}")
    expect("Secure" in headers["Set-Cookie"], "the cookie is not for https only")
    code, headers, _ = ask(stand, "/fr/sign-in/", proto="http")
    location = f"https://{HOST}/fr/sign-in/"
    expect((code, headers.get("Location")) == (301, location), f"plain http: {code} {headers}")
    expect(ask(stand, "/healthz", host="elsewhere.example")[0] == 400, "another name is answered")


def check_invitation(stand: Stand) -> None:
    """Invite the first administrator: a link is printed, opens, and leaves by mail through the worker."""
    link = stand.call("web", "python", "manage.py", "invite", FIRST, "--role", "admin").strip()
    expect(link.startswith(f"https://{HOST}/"), f"invite printed {link}")
    expect(ask(stand, urlsplit(link).path)[0] == 200, "the invitation's page does not open")
    until(lambda: link in mails_to(FIRST), lambda: "the invitation did not leave by mail")


def mails_to(address: str) -> str:
    """Return the texts of the mails that the recording server took for an address."""
    texts = []
    for path in Path(os.environ["HUBPORTAL_MAILBOX"]).glob("new/*"):
        mail = message_from_bytes(path.read_bytes())
        if mail["X-Envelope-To"] == address:
            parts = [part for part in mail.walk() if part.get_content_type() == "text/plain"]
            texts += [bytes(part.get_payload(decode=True)).decode() for part in parts]
    return "\n".join(texts)


def ask(
    stand: Stand, path: str, *, host: str = HOST, proto: str = "https"
) -> tuple[int, dict[str, str], str]:
    """Return code, headers and text of an answer, asked as the proxy asks; 0 when nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", stand.web, timeout=10)
    try:
        headers = {"Host": host, "X-Forwarded-Proto": proto, "X-Forwarded-For": "192.0.2.7"}
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode()
    except OSError as error:
        return 0, {}, str(error)
    finally:
        connection.close()


def until(holds: Callable[[], bool], otherwise: Callable[[], str]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + READY_WITHIN
    while not holds():
        expect(time.monotonic() < end, otherwise())
        time.sleep(0.2)


def expect(holds: bool, otherwise: str) -> None:
    """Stop with a reason unless something holds."""
    if not holds:
        raise SystemExit(f"FAILED: {otherwise}")


def say(line: str) -> None:
    """Tell how far it is."""
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
