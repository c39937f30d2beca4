"""Where notices lie: a Maildir that is emptied, an mbox that is locked, a message in a pipe; none is read whole."""

import io
import mailbox
import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone
from pytest_django import Settings

from hubportal.accounts.models import User
from hubportal.outbox.models import OutboxMessage
from mailings import jobs
from mailings.bounces import boxes, importing
from mailings.bounces.boxes import LIMIT, Maildir, Mbox, Single, opened
from mailings.models import Delivery, DeliveryEvent
from tests.mailings.leaving import sent
from tests.mailings.noticed import notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def message(echevine: User) -> Delivery:
    """The message to the échevine, accepted by the relay."""
    return sent().deliveries.get(address=echevine.email)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty Maildir."""
    for name in ("new", "cur", "tmp"):
        (tmp_path / "bounces" / name).mkdir(parents=True)
    return tmp_path / "bounces"


def lay(folder: Path, name: str, content: bytes, age: timedelta = timedelta(hours=1)) -> Path:
    """Deliver a message into a Maildir, a while ago."""
    path = folder / "new" / name
    path.write_bytes(content)
    then = time.time() - age.total_seconds()
    os.utime(path, (then, then))
    return path


def ran(*arguments: str) -> tuple[int, str]:
    """Run the command; return its exit code and what it printed."""
    out = io.StringIO()
    try:
        call_command("import_bounces", *arguments, stdout=out)
    except CommandError as error:
        return error.returncode, f"{out.getvalue()}{error}"
    return 0, out.getvalue()


def state(message: Delivery) -> str:
    message.refresh_from_db()
    return message.status


# --- Maildir ------------------------------------------------------------------------------------------------


def test_what_was_read_moves_from_new_to_cur(folder: Path, message: Delivery) -> None:
    lay(folder, "1.a.host", notice(message))
    lay(folder, "2.b.host", b"From: MAILER-DAEMON@old.example\n\nin words of its own")
    code, text = ran(str(folder))
    assert state(message) == "bounced"
    assert not list((folder / "new").iterdir())
    assert {path.name for path in (folder / "cur").iterdir()} == {"1.a.host:2,S", "2.b.host:2,FS"}
    assert code == 65
    assert "2.b.host: from a mail system, and not understood" in text
    assert ran(str(folder)) == (0, "read: 0\n")


def test_nothing_moves_before_it_is_committed(
    folder: Path, message: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(folder, "1.a.host", notice(message))

    def fail(*_arguments: Any) -> None:
        raise OperationalError("the database went away")

    with monkeypatch.context() as patch:
        patch.setattr(importing.telling, "tell", fail)
        assert ran(str(folder))[0] == 75
    assert (state(message), message.events.filter(kind="bounced").exists()) == ("accepted", False)
    assert [path.name for path in (folder / "new").iterdir()] == ["1.a.host"]
    assert ran(str(folder))[0] == 0
    assert state(message) == "bounced"


def test_a_message_that_vanishes_meanwhile_stops_nothing(folder: Path, message: Delivery) -> None:
    lay(folder, "1.gone", b"x")
    lay(folder, "2.here", notice(message))
    box = Maildir(folder)
    names = [path.name for path in box._new()]
    items = iter(box)
    (folder / "new" / names[0]).unlink()
    assert [item.name for item in items] == ["2.here"]
    box.settle("1.gone", is_understood=True)


def test_many_are_written_down_in_several_transactions_and_each_is_told_once(
    folder: Path, message: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "TOGETHER", 2)
    for number in range(5):
        lay(folder, f"{number}.n", notice(message, status="5.2.2", diagnostic=f"552 5.2.2 full {number}"))
    assert ran(str(folder))[0] == 0
    assert message.events.filter(kind="bounced").count() == 5
    told = OutboxMessage.objects.filter(kind="mailing bounced").values_list("to_address", flat=True)
    assert sorted(told) == ["editor@team.example", "lead@team.example"]


def test_the_tick_reads_the_maildir_once_it_has_lain_there(
    folder: Path, message: Delivery, settings: Settings
) -> None:
    settings.BOUNCES_MAILDIR = folder
    lay(folder, "1.a", notice(message), age=timedelta(minutes=1))
    assert jobs.look_for_bounces(timezone.now()) == 0
    assert state(message) == "accepted"
    assert jobs.look_for_bounces(timezone.now() + timedelta(minutes=10)) == 1
    assert state(message) == "bounced"
    assert jobs.look_for_bounces(timezone.now() + timedelta(minutes=20)) == 0
    assert DeliveryEvent.objects.filter(kind="bounced").count() == 1


def test_without_a_maildir_the_tick_looks_nowhere(settings: Settings) -> None:
    settings.BOUNCES_MAILDIR = None
    assert jobs.look_for_bounces(timezone.now()) == 0


# --- mbox ---------------------------------------------------------------------------------------------------


def an_mbox(path: Path, *contents: bytes) -> Path:
    box = mailbox.mbox(path)
    for content in contents:
        box.add(content)
    box.close()
    return path


def test_an_mbox_is_read_message_by_message_and_left_as_it_is(tmp_path: Path, message: Delivery) -> None:
    path = an_mbox(tmp_path / "bounces.mbox", b"Subject: x\n\nnothing\n", notice(message))
    before = path.read_bytes()
    assert ran(str(path))[0] == 0
    assert state(message) == "bounced"
    assert (
        ran(str(path))[1]
        == "read: 2\nknown already: 1\nno notice: an automatic answer, a report of success, a letter: 1\n"
    )
    assert path.read_bytes() == before
    assert message.events.filter(kind="bounced").count() == 1


def test_an_mbox_that_somebody_has_locked_is_read_later(tmp_path: Path, message: Delivery) -> None:
    path = an_mbox(tmp_path / "bounces.mbox", notice(message))
    program = (
        f"import mailbox; b = mailbox.mbox({str(path)!r}); b.lock(); print('locked', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "locked\n"
        assert ran(str(path))[0] == 75
        other.communicate("\n")
    assert state(message) == "accepted"


# --- One message --------------------------------------------------------------------------------------------


class Stdin:
    """Standard input that holds some bytes."""

    def __init__(self, content: bytes) -> None:
        self.buffer = io.BytesIO(content)


@pytest.mark.parametrize("first", [b"", b"From MAILER-DAEMON Fri Nov 27 09:00:41 2026\n"])
def test_a_message_comes_through_a_pipe(
    first: bytes, message: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Stdin(first + notice(message)))
    assert ran("-")[0] == 0
    assert state(message) == "bounced"


def test_a_file_with_one_message_is_read_too(tmp_path: Path, message: Delivery) -> None:
    path = tmp_path / "notice.eml"
    path.write_bytes(notice(message))
    assert ran(str(path))[0] == 0
    assert state(message) == "bounced"


def test_what_is_not_there_is_said_and_may_be_tried_again(tmp_path: Path) -> None:
    code, text = ran(str(tmp_path / "nowhere"))
    assert code == 75
    assert "nowhere cannot be read" in text


# --- Size ---------------------------------------------------------------------------------------------------


class Endless(io.RawIOBase):
    """Hands out a beginning, then 100 MB of a letter; remembers the largest piece that was asked for."""

    def __init__(self, beginning: bytes) -> None:
        self.left, self.size, self.largest = io.BytesIO(beginning), 100 * 1024 * 1024, 0

    def read(self, size: int = -1) -> bytes:
        assert size > 0, "never all at once"
        self.largest = max(self.largest, size)
        if piece := self.left.read(size):
            return piece
        piece = b"x" * min(size, self.size)
        self.size -= len(piece)
        return piece


def test_a_hundred_megabytes_are_cut_read_to_the_end_and_reported() -> None:
    file = Endless(b"Subject: large\n\n")
    report = importing.run(Single(file, "stdin"))  # type: ignore[arg-type]
    assert (file.size, report.exit_code) == (0, importing.UNCLEAR)
    assert report.counts == {"too large": 1}
    assert file.largest <= boxes._PIECE


def test_a_notice_that_returns_a_hundred_megabytes_is_read_from_its_beginning(message: Delivery) -> None:
    report = importing.run(Single(Endless(notice(message)), "stdin"))  # type: ignore[arg-type]
    assert report.exit_code == importing.OK
    assert state(message) == "bounced"


def test_a_large_message_in_a_maildir_stops_nothing(folder: Path, message: Delivery) -> None:
    lay(folder, "1.large", b"Subject: large\n\n" + b"y" * (LIMIT + 1))
    lay(folder, "2.notice", notice(message))
    code, text = ran(str(folder))
    assert (code, state(message)) == (65, "bounced")
    assert "1.large: too large" in text
    assert {item.name for item in (folder / "cur").iterdir()} == {"1.large:2,FS", "2.notice:2,S"}


def test_the_kind_of_box_is_seen_from_what_lies_there(tmp_path: Path, folder: Path) -> None:
    assert isinstance(opened(folder), Maildir)
    assert isinstance(opened(an_mbox(tmp_path / "m", b"Subject: x\n\n")), Mbox)
    (tmp_path / "one").write_bytes(b"Subject: x\n\n")
    assert isinstance(opened(tmp_path / "one"), Single)
