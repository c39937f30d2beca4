"""An edition from the first word to the proof: a real Chromium, two real workers, the mail server as judge.

An editor writes and makes a mistake, a lead and the cabinet approve, it is sent to everybody in two languages, a
worker is killed in the middle, a person decides on what nobody knows, an échevine acknowledges.
"""

import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg2
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import ROOT, Portal
from tests.sinks import Sink
from tests.test_pages import sign_in
from tests.test_request_journey import is_accessible

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FR = "Bonjour [[name]],\n\n## À faire\n\nRépondez avant le 4 décembre 2026 : [le formulaire](https://a.example/fr/x)."
NL = (
    "Beste [[name]],\n\n## Te doen\n\nAntwoord vóór 4 december 2026: [het formulier](https://a.example/nl/x)."
)
ODD = "\n\n`{x.__class__}` {{ x }} <script>alert(1)</script>"
PATIENCE = 30.0


@contextmanager
def page_of(chromium: Browser, portal: Portal, who: str, language: str = "fr") -> Iterator[Page]:
    """Open a signed-in person's browser."""
    context = chromium.new_context(base_url=portal.url, locale=f"{language}-BE")
    sign_in(context, who, language)
    yield context.new_page()
    context.close()


@contextmanager
def two_workers(portal: Portal, sink: Sink) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Run two Celery workers of one process each, whose mail goes to the judge."""
    env = {**portal.env, "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}"}
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "hubportal.celery",
        "worker",
        "-P",
        "solo",
        "-l",
        "WARNING",
    ]
    with (portal.var / "journey.log").open("ab") as log:
        workers = [
            subprocess.Popen(
                [*command, "-n", f"w{n}@journey"], cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT
            )
            for n in range(2)
        ]
    try:
        yield workers
    finally:
        # Left alive, they would send the mails of other tests to this judge.
        for worker in workers:
            worker.kill()
            worker.wait()


def ask(portal: Portal, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Ask the portal's database, behind its back."""
    with (
        closing(psycopg2.connect(portal.env["DATABASE_URL"])) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def wait_for(condition: Callable[[], Any]) -> Any:
    """Wait until something is so, and return it."""
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


def step(page: Page, number: str, verb: str, **fields: str) -> None:
    """Take a step from the edition's page."""
    page.goto(page.url.split("/mailings/")[0] + f"/mailings/{number}/step/{verb}/")
    for name, value in fields.items():
        page.locator(f"#id_{name}").fill(value)
    is_accessible(page)
    page.locator("main form[data-guard] button[type=submit]").click()
    expect(page).not_to_have_url(re.compile("/step/"))


def writes(page: Page) -> str:
    """Write an edition whose Dutch lacks a date, correct it, submit it; return its number."""
    page.goto("/nl/mailings/")
    page.locator("form[action$='/mailings/new/'] button").click()
    found = re.search(r"/mailings/(\d+)/edit/", page.url)
    assert found
    for name, text in {
        "subject_fr": "Essai d’hiver",
        "subject_nl": "Winterproef",
        "body_fr": FR + ODD,
    }.items():
        page.locator(f"#id_{name}").fill(text)
    page.locator("#id_body_nl").fill(NL.replace("4 december 2026", "binnenkort") + ODD)
    page.locator("input[name=portfolios][value=works]").check()
    save(page)
    expect(page.locator("main")).to_contain_text("4 december 2026 ontbreekt")
    page.locator("#id_body_nl").fill(NL + ODD + "\n\n[[voornaam]]")
    save(page)
    expect(page.locator("[role=alert] a[href='#id_body_nl']")).to_be_visible()
    page.locator("#id_body_nl").fill(NL + ODD)
    save(page)
    is_accessible(page)
    step(page, found[1], "submit")
    return found[1]


def save(page: Page) -> None:
    """Save the text."""
    page.locator("button[name=then][value=save]").click()


def schedules(page: Page, number: str) -> None:
    """Let it leave now; a gap needs its reason."""
    now = datetime.now(ZoneInfo("Europe/Brussels")).replace(second=0, microsecond=0)
    until = now + timedelta(hours=5)
    page.goto(f"/nl/mailings/{number}/step/schedule/")
    page.locator("#id_scheduled_for").fill(now.strftime("%Y-%m-%dT%H:%M"))
    page.locator("#id_expires_at").fill(until.strftime("%Y-%m-%dT%H:%M"))
    page.locator("#id_gap_reason").fill("")
    page.locator("main form[data-guard] button[type=submit]").click()
    expect(page.locator("#id_gap_reason_error")).to_be_visible()
    page.locator("#id_gap_reason").fill("Bekend: de raad beslist in januari.")
    page.locator("main form[data-guard] button[type=submit]").click()
    expect(page).not_to_have_url(re.compile("/step/"))


def kill_whoever_sends(portal: Portal, workers: list[subprocess.Popen[bytes]], number: str) -> None:
    """Kill, without a warning, the worker that holds messages of the edition."""
    held = wait_for(
        lambda: ask(
            portal,
            "SELECT worker FROM mailings_delivery d JOIN mailings_mailing m ON m.id = d.mailing_id"
            " WHERE m.number = %s AND d.status = 'sending' LIMIT 1",
            number,
        )
    )
    pid = int(held[0][0].split(":")[1])
    (victim,) = (worker for worker in workers if worker.pid == pid)
    victim.send_signal(signal.SIGKILL)
    victim.wait()


def test_an_edition_from_the_first_word_to_the_proof(
    portal: Portal, chromium: Browser, one_sink: Sink
) -> None:
    sink = one_sink
    sink.clear()
    sink.fault({"match": "@", "delay": 0.1, "at": "data"})
    with page_of(chromium, portal, "editor", "nl") as desk:
        number = writes(desk)
        for who in ("lead", "cabinet"):
            with page_of(chromium, portal, who) as page:
                page.goto(f"/fr/mailings/{number}/")
                is_accessible(page)
                step(page, number, "approve")
        schedules(desk, number)
        with two_workers(portal, sink) as workers:
            portal.manage("tick")
            wait_for(lambda: len(sink.received()) >= 8)
            kill_whoever_sends(portal, workers, number)
            sink.fault()
            ask(
                portal,
                "UPDATE mailings_delivery SET lease_until = now() - interval '1 s' WHERE status = 'sending'",
            )
            portal.manage("tick")
            wait_for(lambda: not ask(portal, OPEN, number))
            portal.manage("tick")
            judge(portal, sink, number)
            decides(desk, number)
        name = acknowledges(portal, chromium, sink, number)
        desk.goto(f"/nl/mailings/{number}/")
        expect(desk.locator("main")).to_contain_text(name)


OPEN = (
    "SELECT 1 FROM mailings_delivery d JOIN mailings_mailing m ON m.id = d.mailing_id"
    " WHERE m.number = %s AND d.status IN ('queued', 'sending', 'deferred')"
)


def judge(portal: Portal, sink: Sink, number: str) -> None:
    """Compare what the rows say with what the mail server kept: nobody lost, nobody twice, each doubt named."""
    rows = ask(
        portal,
        "SELECT address, d.status, d.language, message_id FROM mailings_delivery d"
        " JOIN mailings_mailing m ON m.id = d.mailing_id WHERE m.number = %s",
        number,
    )
    # The same workers send the notes to approvers: only what bears a Message-ID of the edition is judged.
    known = {row[3]: row[0] for row in rows}
    kept = [mail for mail in sink.received() if mail["Message-ID"] in known]
    assert all(mail["X-Envelope-To"] == known[mail["Message-ID"]] for mail in kept)
    assert len(rows) >= 40
    assert {"fr", "nl"} <= {row[2] for row in rows}
    assert [sent for sent, count in Counter(mail["Message-ID"] for mail in kept).items() if count > 1] == []
    states = Counter(row[1] for row in rows)
    assert set(states) <= {"accepted", "uncertain", "suppressed"}
    assert states["uncertain"] == 1
    stopped = {row[3] for row in rows if row[1] == "suppressed"}
    assert not stopped & {mail["Message-ID"] for mail in kept}, "a stopped address is never written to"
    assert {row[3] for row in rows if row[1] == "accepted"} <= {mail["Message-ID"] for mail in kept}


def decides(desk: Page, number: str) -> None:
    """Find the one message in doubt, named, and decide on it."""
    desk.goto(f"/nl/mailings/{number}/sending/")
    is_accessible(desk)
    buttons = desk.locator("main form[action*='/decide/'] button[value=arrived]")
    expect(buttons).to_have_count(1)
    buttons.click()
    expect(desk.locator("main form[action*='/decide/']")).to_have_count(0)


def acknowledges(portal: Portal, chromium: Browser, sink: Sink, number: str) -> str:
    """Follow the link of a mail in French, without signing in; looking records nothing, the button does.

    Return the name of who got it: whoever a killed worker was about to write to did not, perhaps.
    """
    ((message_id, name),) = ask(
        portal,
        "SELECT d.message_id, concat_ws(' ', first_name, last_name) FROM mailings_delivery d"
        " JOIN mailings_mailing m ON m.id = d.mailing_id JOIN accounts_user u ON u.email = d.address"
        " WHERE m.number = %s AND d.status = 'accepted' AND d.language = 'fr' ORDER BY address LIMIT 1",
        number,
    )
    path = next(
        path for path in sorted((sink.mailbox / "new").iterdir())
        if f"Message-ID: {message_id}".encode() in path.read_bytes()
    )  # fmt: skip
    mail = message_from_bytes(Path(path).read_bytes(), policy=policy.default)
    body = mail.get_body(("plain",))  # type: ignore[attr-defined]
    text = body.get_content()
    assert "{x.__class__} {{ x }} <script>alert(1)</script>" in " ".join(text.split())
    found = re.search(r"https?://\S+/fr/mailings/read/\S+/", text)
    assert found
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(found[0])
    seen = "SELECT 1 FROM mailings_delivery WHERE acknowledged_at IS NOT NULL AND token = %s"
    token = found[0].rstrip("/").rpartition("/")[2]
    assert not ask(portal, seen, token)
    page.locator("main form button[type=submit]").first.click()
    assert ask(portal, seen, token)
    context.close()
    return str(name)
