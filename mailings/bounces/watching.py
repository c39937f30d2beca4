"""The tick's share: the Maildir of the mailbox for bounces, where one is set."""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from mailings.bounces import importing
from mailings.bounces.boxes import Maildir

logger = logging.getLogger(__name__)
GATHERED: Final = timedelta(minutes=10)
"""Notices of one edition come within minutes: what came since the first one is told in one mail."""


def look_for_bounces(now: datetime) -> int:
    """Read the Maildir once something has been lying there for a while; return how many messages were read."""
    if settings.BOUNCES_MAILDIR is None:
        return 0
    box = Maildir(settings.BOUNCES_MAILDIR)
    since = box.waits_since()
    if since is None or since > (now - GATHERED).timestamp():
        return 0
    report = importing.run(box)
    for problem in report.problems:
        logger.warning("bounces: %s", problem)
    return report.counts.total()
