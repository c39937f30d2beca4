"""What an agreement still lacks for a step: the verb's own checks, asked before anybody clicks."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.utils import timezone

from conventions import parity
from conventions.models import Agreement, checks


def lacking(agreement: Agreement, verb: str) -> list[str]:
    """Return what the verb would refuse, in words; empty for verbs that need nothing of the text."""
    found: list[str] = []
    for check in _checks(agreement, verb):
        try:
            check()
        except ValidationError as error:
            found += error.messages
    return found


def _checks(agreement: Agreement, verb: str) -> list[Callable[[], None]]:
    if verb not in ("share", "agree", "freeze"):
        return []
    level = [lambda: parity.require(agreement.findings())]
    if verb != "freeze":
        return level
    return [
        *level,
        agreement.check_whole,
        lambda: checks.has_signatories(agreement, timezone.localdate()),
        lambda: checks.is_agreed(agreement),
    ]
