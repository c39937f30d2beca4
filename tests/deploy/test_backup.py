"""Backup and restore, tried on the demonstration's data with a real server: everything comes back, or nothing."""

import hashlib
import os
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg2
import psycopg2.errors
import pytest

from hubportal.stack import postgres
from tests.browser import ROOT, Portal

SERVER = {key: found[0] for key, found in parse_qs(urlsplit(os.environ["DATABASE_URL"]).query).items()}
# By name: the server writes the same CHECK a little differently once it has been dumped.
SHAPE = """
SELECT 'constraint', conrelid::regclass::text, conname, concat(contype, convalidated) FROM pg_constraint
 WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, concat(pg_get_triggerdef(oid), tgenabled) FROM pg_trigger
 WHERE NOT tgisinternal
UNION ALL SELECT 'index', indrelid::regclass::text, indexrelid::regclass::text, indisvalid::text FROM pg_index
 JOIN pg_class ON pg_class.oid = indexrelid WHERE relnamespace = 'public'::regnamespace
UNION ALL SELECT 'function', '', proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT 'sequence', '', sequencename, last_value::text FROM pg_sequences
UNION ALL SELECT 'extension', '', extname, '' FROM pg_extension
ORDER BY 1, 2, 3, 4
"""


def run(script: str, env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one of the scripts with these variables and no others."""
    path = f"{postgres.binaries()}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        [ROOT / "deploy" / script, *arguments],
        env={"PATH": path, **env},
        capture_output=True,
        text=True,
        check=False,
    )


def rows(url: str, statement: str) -> list[tuple[Any, ...]]:
    """Return what a statement finds."""
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def counts(url: str) -> dict[str, int]:
    """Return the number of rows of each table."""
    tables = rows(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    return {table: rows(url, f'SELECT count(*) FROM "{table}"')[0][0] for (table,) in tables}  # noqa: S608


def sums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def source(portal: Portal) -> Iterator[dict[str, str]]:
    """The running demonstration, with one more private file."""
    more = Path(portal.env["HUBPORTAL_FILES"]) / "backup-test/one more"
    more.parent.mkdir(parents=True)
    more.write_bytes(secrets.token_bytes(100_000))
    yield {name: portal.env[name] for name in ("DATABASE_URL", "HUBPORTAL_FILES")}
    shutil.rmtree(more.parent)


@pytest.fixture
def backup(source: dict[str, str], tmp_path: Path) -> Path:
    """A backup of it."""
    (tmp_path / "backups").mkdir()
    done = run("backup", source | {"HUBPORTAL_BACKUPS": str(tmp_path / "backups")})
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


@pytest.fixture
def empty(tmp_path: Path) -> dict[str, str]:
    """An empty database of a role of its own, and an empty folder."""
    name = f"restored_{secrets.token_hex(4)}"
    (tmp_path / "files").mkdir()
    target = {
        "DATABASE_URL": f"postgres://{name}:p%40ss@/{name}?host={SERVER['host']}",
        "HUBPORTAL_FILES": str(tmp_path / "files"),
    }
    made = run("database", target | {"PGHOST": SERVER["host"], "POSTGRES_USER": SERVER["user"]})
    assert made.returncode == 0, made.stderr
    return target


@pytest.fixture
def stays_empty(empty: dict[str, str]) -> Callable[[subprocess.CompletedProcess[str], str], None]:
    """Checks that a restore was refused for a reason, and changed nothing."""

    def check(done: subprocess.CompletedProcess[str], reason: str) -> None:
        assert done.returncode != 0
        assert reason in done.stderr
        assert counts(empty["DATABASE_URL"]) == {}
        assert list(Path(empty["HUBPORTAL_FILES"]).iterdir()) == []

    return check


@pytest.mark.slow
def test_everything_comes_back(source: dict[str, str], backup: Path, empty: dict[str, str]) -> None:
    done = run("restore", empty, str(backup))
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""

    before, after = source["DATABASE_URL"], empty["DATABASE_URL"]
    assert counts(after) == counts(before)
    assert counts(after)["spoc_servicerequest"] > 0
    assert rows(after, SHAPE) == rows(before, SHAPE)
    assert sums(Path(empty["HUBPORTAL_FILES"])) == sums(Path(source["HUBPORTAL_FILES"]))
    rows(
        after,
        "INSERT INTO accounts_journalentry (at, kind, target_type, target_id, detail)"
        " VALUES (now(), 'exported', '', '', '{}') RETURNING id",
    )
    with pytest.raises(psycopg2.errors.RestrictViolation, match="append-only"):
        rows(after, "UPDATE accounts_journalentry SET kind = 'refused' RETURNING id")


def test_a_backup_is_readable_by_its_owner_only(backup: Path) -> None:
    assert sorted(path.name for path in backup.iterdir()) == ["database.dump", "files.tar", "manifest"]
    assert {path.stat().st_mode & 0o077 for path in [backup, *backup.iterdir()]} == {0}


@pytest.mark.parametrize("part", ["database.dump", "files.tar"])
def test_a_damaged_backup_is_refused(
    backup: Path, empty: dict[str, str], stays_empty: Callable[..., None], part: str
) -> None:
    content = bytearray((backup / part).read_bytes())
    content[len(content) // 2] ^= 1
    (backup / part).write_bytes(content)
    stays_empty(run("restore", empty, str(backup)), "damaged")


def test_a_manifest_that_names_one_part_is_refused(
    backup: Path, empty: dict[str, str], stays_empty: Callable[..., None]
) -> None:
    lines = (backup / "manifest").read_text().splitlines(keepends=True)
    (backup / "manifest").write_text("".join(line for line in lines if "files.tar" not in line))
    stays_empty(run("restore", empty, str(backup)), "does not name both parts")


def test_a_restore_that_fails_half_way_leaves_nothing(
    backup: Path, empty: dict[str, str], stays_empty: Callable[..., None]
) -> None:
    dump = (backup / "database.dump").read_bytes()
    (backup / "database.dump").write_bytes(dump[: len(dump) * 3 // 4])
    parts = ("database.dump", "files.tar")
    sealed = [f"{hashlib.sha256((backup / name).read_bytes()).hexdigest()}  {name}\n" for name in parts]
    (backup / "manifest").write_text("".join(sealed))
    stays_empty(run("restore", empty, str(backup)), "pg_restore: error")


def test_a_database_that_holds_anything_is_refused(
    source: dict[str, str], backup: Path, tmp_path: Path
) -> None:
    (tmp_path / "files").mkdir()
    before = counts(source["DATABASE_URL"])
    done = run("restore", source | {"HUBPORTAL_FILES": str(tmp_path / "files")}, str(backup))
    assert done.returncode == 1
    assert "the database is not empty" in done.stderr
    assert counts(source["DATABASE_URL"]) == before


def test_a_folder_that_holds_anything_is_refused(backup: Path, empty: dict[str, str]) -> None:
    (Path(empty["HUBPORTAL_FILES"]) / "other").touch()
    done = run("restore", empty, str(backup))
    assert done.returncode == 1
    assert "is not empty: nothing was changed" in done.stderr
    assert counts(empty["DATABASE_URL"]) == {}


def test_the_oldest_go_once_a_new_one_is_complete(source: dict[str, str], tmp_path: Path) -> None:
    for name in (
        "hubportal-20250101T000000Z",
        "hubportal-20250102T000000Z",
        ".unfinished-hubportal-x",
        "other",
    ):
        (tmp_path / name).mkdir()
    env = source | {"HUBPORTAL_BACKUPS": str(tmp_path), "HUBPORTAL_BACKUPS_KEEP": "2"}
    new = Path(run("backup", env).stdout.strip()).name
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".lock",
        "hubportal-20250102T000000Z",
        new,
        "other",
    ]


def test_a_backup_that_fails_leaves_the_earlier_ones(source: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "hubportal-20250101T000000Z").mkdir()
    broken = source | {"DATABASE_URL": source["DATABASE_URL"].replace("/walk_", "/gone_")}
    done = run("backup", broken | {"HUBPORTAL_BACKUPS": str(tmp_path), "HUBPORTAL_BACKUPS_KEEP": "1"})
    assert done.returncode != 0
    assert "does not exist" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "hubportal-20250101T000000Z"]


def test_the_password_is_on_no_command_line() -> None:
    script = '. deploy/connect; split_address; printf "%s\\n" "$address" "$PGPASSWORD"'
    url = r"postgres://portal:p%40s\n%2Fs@db:5432/hubportal?sslmode=require"
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "postgres://portal@db:5432/hubportal?sslmode=require\np@s\\n/s\n"


def test_prepare_makes_secrets_once(tmp_path: Path) -> None:
    (tmp_path / "deploy").mkdir()
    script = shutil.copy(ROOT / "deploy/prepare", tmp_path / "deploy")
    made = [
        subprocess.run([script, "smtp://relay"], capture_output=True, text=True, check=False)
        for _ in range(2)
    ]
    if os.geteuid() != 0:
        assert "this needs root" in made[0].stderr
        return
    assert [done.returncode for done in made] == [0, 0], made
    assert made[1].stdout == ""
    found = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    assert found.keys() == {"secret_key", "postgres_password", "database_url", "email_url"}
    assert len(found["secret_key"]) == 64
    assert found["email_url"] == "smtp://relay"
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "backups").stat().st_uid == 10001
