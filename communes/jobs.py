"""What a tick does for communes: on the first day of a new college, it invites those who were never let in."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from communes.models import CollegeTransition

logger = logging.getLogger(__name__)


def invite_newcomers(now: datetime) -> int:
    """Invite the new members of each college whose day has come; return how many people."""
    due = CollegeTransition.objects.filter(
        status=CollegeTransition.Status.APPLIED,
        invited_at__isnull=True,
        starts_on__lte=timezone.localdate(now),
    )
    done = 0
    for row in due.order_by("pk"):
        try:
            done += row.invite_newcomers(by=None)
        except Exception:
            logger.exception("the newcomers of transition %s could not be invited", row.pk)
    return done


JOBS: list[Callable[[datetime], int]] = [invite_newcomers]
