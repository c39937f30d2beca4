"""Checks the message catalogues: every string of the sources is there, in French and Dutch, and compiled.

`python -m tests.catalogues` checks (exit 1 when something is wrong); with `--write` it brings the catalogues up
to date instead: strings taken from the sources (needs GNU gettext), compiled files written.
"""

import io
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("fr", "nl")
LOOSE = re.compile(r" [:;?!»](?!\S)|« ")
"""French sets these signs apart with a blank that does not break (U+00A0), else they begin a line on a telephone."""


def main() -> int:
    """Check or write; return the exit code."""
    if "--write" in sys.argv[1:]:
        extract()
        for language in LANGUAGES:
            (folder(language) / "django.mo").write_bytes(compiled(catalogue(language)))
        return 0
    problems = [problem for language in LANGUAGES for problem in problems_of(language)]
    problems += not_extracted()
    print("\n".join(problems) or "catalogues: complete")  # noqa: T201
    return 1 if problems else 0


def folder(language: str) -> Path:
    """Return the folder of a language's catalogue."""
    return ROOT / "locale" / language / "LC_MESSAGES"


def catalogue(language: str, path: Path | None = None) -> Catalog:
    """Read a language's catalogue."""
    with (path or folder(language) / "django.po").open("rb") as source:
        return read_po(source, locale=language)


def compiled(source: Catalog) -> bytes:
    """Return the compiled form of a catalogue."""
    target = io.BytesIO()
    write_mo(target, source)
    return target.getvalue()


def problems_of(language: str) -> list[str]:
    """Return what is missing, fuzzy or not compiled in one language."""
    found = catalogue(language)
    problems = []
    for message in found:
        if not message.id:
            continue
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        if not all(strings):
            problems.append(f"{language}: not translated: {message.id!r}")
        if message.fuzzy:
            problems.append(f"{language}: fuzzy: {message.id!r}")
        if language == "fr" and any(map(LOOSE.search, map(str, strings))):
            problems.append(f"fr: a blank that may break before or after a sign: {message.id!r}")
    if compiled(found) != (folder(language) / "django.mo").read_bytes():
        problems.append(f"{language}: django.mo is out of step; run python -m tests.catalogues --write")
    return problems


def extract() -> None:
    """Merge the strings of the sources into the catalogues."""
    command = [
        sys.executable, "-m", "django", "makemessages", "--locale", "fr", "--locale", "nl", "--no-obsolete",
        "--add-location", "file", "--no-wrap", "--ignore", "var", "--ignore", "tests", "--ignore", "bench",
    ]  # fmt: skip
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def not_extracted() -> list[str]:
    """Return the strings of the sources that the catalogues lack (the catalogues are left as they were)."""
    with tempfile.TemporaryDirectory() as kept:
        shutil.copytree(ROOT / "locale", Path(kept) / "locale")
        before = {language: set(catalogue(language)._messages) for language in LANGUAGES}
        try:
            extract()
            after = {language: set(catalogue(language)._messages) for language in LANGUAGES}
        finally:
            shutil.copytree(Path(kept) / "locale", ROOT / "locale", dirs_exist_ok=True)
    return [
        f"{language}: {'missing from the catalogue' if key in after[language] else 'no longer in the sources'}: {key!r}"
        for language in LANGUAGES
        for key in sorted(before[language] ^ after[language], key=str)
    ]


if __name__ == "__main__":
    sys.exit(main())
