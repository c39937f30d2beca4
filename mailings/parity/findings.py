"""What a comparison of the French and the Dutch text tells people."""

from typing import Final, Literal, NamedTuple

Language = Literal["fr", "nl"]
Field = Literal["subject", "preheader", "body", "attachments"]
Aspect = Literal["texts", "headings", "links", "dates", "amounts", "lists", "attachments", "size"]
LANGUAGES: Final[tuple[Language, Language]] = ("fr", "nl")
OTHER: Final[dict[Language, Language]] = {"fr": "nl", "nl": "fr"}


class Side(NamedTuple):
    """What is written in one language, and how many files its readers get; the body is Markdown."""

    subject: str
    preheader: str
    body: str
    attachments: int = 0


class Finding(NamedTuple):
    """One thing to mend or to look at.

    Message and label are in the reader's language; the message names its side, if there is one.
    """

    code: str
    language: Literal["fr", "nl", ""]
    message: str
    is_blocking: bool
    label: str
    field: Field = "body"


class Line(NamedTuple):
    """One aspect, as a screen shows it: what holds, or what does not and where."""

    code: Aspect
    label: str
    findings: tuple[Finding, ...] = ()

    @property
    def is_ok(self) -> bool:
        """Say whether there is nothing to mend and nothing to look at."""
        return not self.findings

    @property
    def is_blocking(self) -> bool:
        """Say whether something must be mended before the mailing goes on."""
        return any(finding.is_blocking for finding in self.findings)


class Report(NamedTuple):
    """What the comparison found."""

    lines: tuple[Line, ...]

    @property
    def findings(self) -> list[Finding]:
        """Return all that was found, in the order of the lines."""
        return [finding for line in self.lines for finding in line.findings]

    @property
    def blocking(self) -> list[Finding]:
        """Return what must be mended before the mailing goes on."""
        return [finding for finding in self.findings if finding.is_blocking]

    @property
    def is_level(self) -> bool:
        """Say whether both may be the same message: nothing must be mended; something may be worth a look."""
        return not self.blocking
