"""`manage.py import_bounces`: read notices of messages that came back. Twice changes nothing."""

import sys
from mailbox import Error as MailboxError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError

from mailings.bounces import importing
from mailings.bounces.boxes import Box, Single, opened


class Command(BaseCommand):
    help = (
        "Read notices that messages came back (RFC 3464) from a Maildir, an mbox, or one message in a file or on "
        "standard input (-). Ends with 65 when somebody has to look at something, with 75 when it is to be run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take where to read."""
        parser.add_argument("source", help="a Maildir, an mbox file, a file with one message, or - for stdin")

    def handle(self, *args: Any, source: str, **options: Any) -> None:
        """Read, print the counts, and end with what a mail server or cron can act on."""
        try:
            report = importing.run(_box(source))
        except (OSError, MailboxError) as error:
            raise CommandError(f"{source} cannot be read: {error}", returncode=importing.AGAIN) from error
        except (OperationalError, InterfaceError) as error:
            problem = "the database is away; run it again"
            raise CommandError(problem, returncode=importing.AGAIN) from error
        if options["verbosity"]:
            for line in report.lines():
                self.stdout.write(line)
        if report.exit_code:
            again = ["a worker holds a message: run it again"] if report.held else []
            raise CommandError("\n".join([*report.problems, *again]), returncode=report.exit_code)


def _box(source: str) -> Box:
    return Single(sys.stdin.buffer, "stdin") if source == "-" else opened(Path(source))
