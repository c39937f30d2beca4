"""The ZIP of the conventions in force: whole, of one worker, for who asked for it, for two days."""

import io
import signal
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from conventions import bundles, outline
from conventions.bundles import LIST
from conventions.jobs import drop_bundles, order_bundles
from conventions.models import Bundle, Convention, Document
from conventions.models.bundle import BundleQuerySet
from conventions.tasks import make_bundles, make_documents
from hubportal.accounts.models import User
from hubportal.workflow import TransitionError
from tests.conventions.agreements import an_amendment, bytes_of, sign_amendment
from tests.conventions.drafts import a_draft, a_lead, days, recorded

PAGE, REPORT = "/fr/conventions/bundle/", ContentFile(b"PK\x05\x06")
A_FILE: dict[str, Any] = {"file": REPORT, "name": "19.zip", "size": 4, "sha256": "b" * 64}


def on_paper_with_text(commune: str, reference: str) -> Convention:
    """Return one of the past that was recorded with its articles."""
    draft = a_draft(commune, reference)
    outline.fill(draft, a_lead())
    draft.record(by=a_lead())
    return draft


def opened(row: Bundle) -> zipfile.ZipFile:
    """Return the ZIP, tested by its own checksums."""
    archive = zipfile.ZipFile(io.BytesIO(bytes_of(row)))
    assert archive.testzip() is None
    return archive


@pytest.mark.django_db
def test_it_holds_each_pdf_as_it_is_kept_and_names_what_is_left_out(
    client: Client, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    # How they are drawn is tested elsewhere, and takes seconds.
    monkeypatch.setattr(bundles.pdf, "rendered", lambda row: f"%PDF-1.7 {row} {row.status}".encode())
    amendment = an_amendment()
    sign_amendment(amendment)
    make_documents()
    root = amendment.convention
    drawn = on_paper_with_text("21002", "CC-2025-02")
    paper = recorded("21003", "CC-2025-03")
    recorded("21004", "CC-2025-04", in_force_until=days(-1))
    client.force_login(lead)
    html = client.get(PAGE).content.decode()
    assert paper.reference in html
    assert client.post(PAGE)["Location"] == PAGE
    client.post(PAGE)
    row = Bundle.objects.get()
    assert 'data-live="5"' in client.get(PAGE).content.decode()
    make_bundles()
    row.refresh_from_db()
    assert (row.status, row.done, row.total) == ("ready", 3, 3)
    assert row.left_out == {paper.reference: "paper"}
    archive = opened(row)
    assert sorted(archive.namelist()) == [
        LIST, f"21001-anderlecht-{amendment.reference}.pdf", f"21001-anderlecht-{root.reference}.pdf",
        f"21002-auderghem-{drawn.reference}.pdf",
    ]  # fmt: skip
    kept = Document.objects.get(convention=root, kind="text")
    assert archive.read(f"21001-anderlecht-{root.reference}.pdf") == bytes_of(kept)
    assert archive.read(f"21002-auderghem-{drawn.reference}.pdf") == b"%PDF-1.7 CC-2025-02 signed"
    told = archive.read(LIST).decode("utf-8-sig")
    assert paper.reference in told
    assert "2 dans ce fichier, 1 pas" in told
    html = client.get(PAGE).content.decode()
    assert f"{paper.reference}" in html
    assert "data-live" not in html
    response = client.get(reverse("conventions:bundle-file", args=[row.pk]))
    assert response.getvalue() == bytes_of(row)
    assert response["Content-Type"] == "application/zip"
    assert response["Content-Security-Policy"].startswith("sandbox")


@pytest.mark.django_db
def test_it_is_for_who_asked_and_for_the_agency(
    client: Client, lead: User, spoc: User, echevine: User
) -> None:
    row = Bundle.objects.ask(by=lead)
    make_bundles()
    address = reverse("conventions:bundle-file", args=[row.pk])
    row.refresh_from_db()
    for person, code in ((echevine, 404), (spoc, 404), (lead, 200)):
        client.force_login(person)
        response = client.get(address)
        assert response.status_code == code
        if code == 200:
            assert response.getvalue() == bytes_of(row)
    client.force_login(echevine)
    assert client.post(PAGE).status_code == 404
    assert Bundle.objects.count() == 1
    # Who left the agency meanwhile gets nothing.
    late = Bundle.objects.ask(by=spoc)
    spoc.grants.update(starts_on=days(-10), ends_on=days(-1))
    make_bundles()
    late.refresh_from_db()
    assert late.status == "failed"


@pytest.mark.django_db
def test_a_worker_taken_for_dead_changes_nothing_any_more(lead: User) -> None:
    row = Bundle.objects.ask(by=lead)
    first = row.start(total=19)
    assert row.count(first, 3)
    assert order_bundles(timezone.now()) == 0
    Bundle.objects.update(beat_at=timezone.now() - timedelta(minutes=3))
    assert order_bundles(timezone.now()) == 1
    again = Bundle.objects.get()
    second = again.start(total=2)
    # The first one comes back.
    assert not row.count(first, 19)
    for act in (lambda: row.finish(claim=first, **A_FILE), lambda: row.fail(claim=first)):
        with pytest.raises(TransitionError):
            act()
    again.refresh_from_db()
    assert (again.status, again.done, again.file.name) == ("running", 0, "")
    again.finish(claim=second, **A_FILE)
    assert Bundle.objects.get().status == "ready"


@pytest.mark.django_db
def test_of_two_clicks_at_once_one_asks(lead: User, monkeypatch: pytest.MonkeyPatch) -> None:
    row = Bundle.objects.ask(by=lead)
    # The second click looked before the first one wrote.
    monkeypatch.setattr(BundleQuerySet, "first", lambda _rows: None)
    assert Bundle.objects.ask(by=lead) == row
    assert Bundle.objects.count() == 1


@pytest.mark.django_db
def test_one_that_kills_its_workers_is_given_up(lead: User, client: Client) -> None:
    row = Bundle.objects.ask(by=lead)
    for _death in range(3):
        row.start(total=1)
        Bundle.objects.update(beat_at=timezone.now() - timedelta(minutes=3))
    make_bundles()
    row.refresh_from_db()
    assert row.status == "failed"
    client.force_login(lead)
    assert "notice--bad" in client.get(PAGE).content.decode()
    assert Bundle.objects.ask(by=lead) != row


@pytest.mark.django_db
def test_what_cannot_be_drawn_is_left_out_and_stops_nothing(
    lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_paper_with_text("21002", "CC-2025-02")
    on_paper_with_text("21003", "CC-2025-03")

    def drawn(row: Convention) -> bytes:
        if row.reference == "CC-2025-02":
            raise ValueError("a font is missing")
        return b"%PDF-1.7"

    monkeypatch.setattr(bundles.pdf, "rendered", drawn)
    row = Bundle.objects.ask(by=lead)
    make_bundles()
    row.refresh_from_db()
    assert row.left_out == {"CC-2025-02": "failed"}
    assert opened(row).namelist() == ["21003-berchem-sainte-agathe-CC-2025-03.pdf", LIST]


@pytest.mark.django_db
def test_after_two_days_the_file_is_gone(client: Client, lead: User) -> None:
    row = Bundle.objects.ask(by=lead)
    make_bundles()
    row.refresh_from_db()
    path = row.file.path
    assert drop_bundles(timezone.now() + timedelta(days=1, hours=23)) == 0
    Bundle.objects.update(expires_at=timezone.now())
    client.force_login(lead)
    # Between its end and the job nobody gets it either.
    assert client.get(reverse("conventions:bundle-file", args=[row.pk]))["Location"] == PAGE
    assert drop_bundles(timezone.now()) == 1
    assert not Path(path).exists()
    assert drop_bundles(timezone.now()) == 0
    html = client.get(PAGE).content.decode()
    assert reverse("conventions:bundle-file", args=[row.pk]) not in html


@pytest.mark.django_db
def test_the_page_asks_as_much_for_one_as_for_twelve(client: Client, lead: User) -> None:
    recorded("21001", "CC-2025-01")
    client.force_login(lead)

    def counted() -> int:
        Bundle.objects.ask(by=lead)
        make_bundles()
        client.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        return len(queries)

    few = counted()
    for number in range(2, 13):
        recorded(f"210{number:02}", f"CC-2025-{number:02}")
    assert counted() == few


WORKER = """
import sys
import django; django.setup()
from conventions import pdf
from conventions.tasks import make_bundles
def slow(row):
    print(row.reference, flush=True)
    if row.reference == "CC-2025-02":
        input()
    return b"%PDF-1.7"
pdf.rendered = slow
make_bundles()
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_another_worker_takes_over_from_one_that_was_killed(
    refilled: None, worker_env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2, 3):
        on_paper_with_text(f"2100{number}", f"CC-2025-0{number}")
    row = Bundle.objects.ask(by=a_lead())
    env = {**worker_env, "HUBPORTAL_FILES": str(settings.HUBPORTAL_FILES)}
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", WORKER], env=env, stdin=pipe, stdout=pipe, text=True
    ) as worker:
        assert worker.stdout is not None
        assert [worker.stdout.readline() for _ in range(2)] == ["CC-2025-01\n", "CC-2025-02\n"]
        worker.send_signal(signal.SIGKILL)
    row.refresh_from_db()
    assert (row.status, row.done, row.total) == ("running", 1, 3)
    monkeypatch.setattr(bundles.pdf, "rendered", lambda _row: b"%PDF-1.7 again")
    make_bundles()
    row.refresh_from_db()
    assert row.status == "running", "it is another's until that one was silent for two minutes"
    Bundle.objects.update(beat_at=timezone.now() - timedelta(minutes=3))
    call_command("tick", verbosity=0)
    make_bundles()
    row.refresh_from_db()
    assert (row.status, row.done) == ("ready", 3)
    assert len(opened(row).namelist()) == 4
    assert opened(row).read("21001-anderlecht-CC-2025-01.pdf").endswith(b"again")
