"""Each mail that the portal writes, found by its templates: whatever stands in their variables, a mail is one mail.

What a mail says in its state: tests/attacks/test_mail.py.
"""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import settings

from hubportal.accounts.letters import write_to
from hubportal.outbox.models import OutboxMessage
from spoc.posting import write
from tests.attacks.test_mail import FOLDED, MARKUP, is_harmless

TEMPLATES: Final = Path(settings.BASE_DIR) / "templates"
SUBJECTS: Final = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.subject.txt"))
MAILS: Final = [path for path in TEMPLATES.rglob("*") if path.parent.name == "email" and path.is_file()]
NUMBERS: Final = frozenset(
    path.rpartition(".")[2]
    for mail in MAILS
    for path in re.findall(r"\bcount \w+=([\w.]+)(?![\w.|])", mail.read_text())
)
"""Names of what is counted."""
WRITERS: Final = {"hubportal/accounts/letters.py", "mailings/trial.py", "spoc/posting.py"}
"""Where a mail is put into the outbox; the letter of an edition, of which one is a trial, has its own tests."""


OF_ROWS: Final = {
    "communes/email/delegation",
    "conventions/email/news",
    "mailings/email/reminder",
    "spoc/email/reminder",
}
"""Mails whose text asks rows for their address: of them the subject is written, also in the place of the text."""


class Evil(datetime):
    """Stands for anything in a template: a text of several lines, a day, a person, a list of one; each part is evil."""

    answer = False
    """What a comparison says: so each branch of a template has its turn."""

    def __str__(self) -> str:
        return FOLDED + MARKUP

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name in ("resolve_expression", "alters_data", "do_not_call_in_templates"):
            raise AttributeError(name)
        return Number(2) if name in NUMBERS else self

    def __getitem__(self, key: Any) -> Any:
        return Number(2) if key in NUMBERS else self

    def __iter__(self) -> Iterator[Any]:
        return iter([self])

    def __len__(self) -> int:
        return 2

    def __eq__(self, other: object) -> bool:
        return self.answer

    def __hash__(self) -> int:
        return 1


class Number(int):
    """Stands for what is counted, or is a list elsewhere."""

    def __iter__(self) -> Iterator[Any]:
        return iter([Evil(2026, 11, 28, tzinfo=UTC)])

    def __len__(self) -> int:
        return 2

    def __getitem__(self, key: Any) -> Any:
        return Evil(2026, 11, 28, tzinfo=UTC)


class Agreeable(Evil):
    """The same, equal to anything."""

    answer = True


def context(kind: type[Evil]) -> dict[str, Any]:
    """Return a value for each word that stands in any mail."""
    words = {word for path in MAILS for word in re.findall(r"[a-z_]+", path.read_text())}
    evil = kind(2026, 11, 28, tzinfo=UTC)
    return {word: Number(2) if word in NUMBERS else evil for word in words}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [Evil, Agreeable])
def test_no_mail_is_bent_by_what_stands_in_it(kind: type[Evil], subtests: pytest.Subtests) -> None:
    """CVE-2024-6923 (Python's email): a line break in a name or a title began another header."""
    assert len(SUBJECTS) > 40
    facts = context(kind)
    for subject in SUBJECTS:
        stem = subject.removesuffix(".subject.txt")
        html = f"{stem}.html" if (TEMPLATES / f"{stem}.html").exists() else ""
        with subtests.test(stem):
            if stem in OF_ROWS:
                write_to("a@b.example", None, subject, subject, facts, kind=stem)
            elif stem.startswith("spoc/"):
                write(stem, Reader(), {name: value for name, value in facts.items() if name != "person"})
            else:
                write_to("a@b.example", None, subject, f"{stem}.txt", facts, kind=stem, html_template=html)
            message = OutboxMessage.objects.latest("pk")
            is_harmless(message)
            assert len(message.subject.splitlines()) == 1


class Reader:
    """Somebody from outside, who reads both languages, with a name of two lines."""

    email, content_language, full_name = "a@b.example", "", FOLDED


def test_each_mail_goes_by_one_of_these_writers() -> None:
    """CWE-93: a mail that some app puts together by itself would be none of those above."""
    found = set()
    for folder in ("hubportal", "communes", "conventions", "spoc", "mailings"):
        for path in (Path(settings.BASE_DIR) / folder).rglob("*.py"):
            if "OutboxMessage" in (source := path.read_text()) or "post(" in source or "EmailM" in source:
                name = str(path.relative_to(settings.BASE_DIR))
                found |= {name} if writes_mail(ast.parse(source)) else set()
    # The outbox itself; and what an edition's messages are compared with before any leaves, byte by byte.
    assert found == WRITERS | {"hubportal/outbox/models.py", "mailings/letter/skeleton.py"}


def writes_mail(tree: ast.AST) -> bool:
    """Tell whether code puts a mail into the outbox, or makes one by itself."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            makes = (
                "post",
                "send_mail",
                "mail_admins",
                "mail_managers",
                "EmailMessage",
                "EmailMultiAlternatives",
            )
            if called in makes or re.fullmatch(r"OutboxMessage(\.objects\.\w*create\w*)?", called):
                return True
    return False
