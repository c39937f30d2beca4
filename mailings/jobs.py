"""What a tick does for mailings. Each job is safe to run twice at once: every step is a compare-and-swap."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from hubportal.outbox.bell import ring
from hubportal.outbox.claim import sweep
from hubportal.outbox.consignment import OPEN, WAITING
from hubportal.workflow import TransitionError
from mailings.bounces.watching import look_for_bounces
from mailings.keeping import store_proof
from mailings.models import Delivery, FailedStep, Mailing, Status, UnsavedText
from mailings.models.delivery import TASK
from mailings.reminding import remind_readers
from mailings.rhythm_jobs import let_leave, remind, turn_weeks

logger = logging.getLogger(__name__)
AT_ONCE = 5
"""Proofs stored by one tick."""


def expire(now: datetime) -> int:
    """End what was not sent in time, before anything starts; return the number of editions."""
    waiting = (Status.IN_REVIEW, Status.APPROVED, Status.SCHEDULED)
    return _each(Mailing.objects.filter(status__in=waiting, expires_at__lte=now), Mailing.expire)


def start(now: datetime) -> int:
    """Start what is due; return the number of editions."""
    due = Mailing.objects.filter(status=Status.SCHEDULED, scheduled_for__lte=now, expires_at__gt=now)
    return _each(due, Mailing.start)


def end_rights(now: datetime) -> int:
    """Cancel what waits since before today for people whose right ended; return how many messages it looked at."""
    return Delivery.objects.all().end_rights(timezone.localdate(now))


def sweep_deliveries(now: datetime) -> int:
    """Queue again what is due and what dead workers left, and ring for whatever waits; return how many."""
    swept = sweep(Delivery)
    if Delivery.objects.all().claimable().exists():
        ring(TASK)
    return swept


def suppress(now: datetime) -> int:
    """End what waits for an address that was stopped while a worker held its message; return the messages."""
    return Delivery.objects.all().suppress_waiting()


def settle(now: datetime) -> int:
    """Cancel what waits and can never leave: the edition is cancelled, or sent and expired; return the editions."""
    waiting = Delivery.objects.filter(status__in=WAITING).order_by()
    over = waiting.filter(mailing__status=Status.CANCELLED) | waiting.late(now)
    return _each(Mailing.objects.filter(pk__in=over.values("mailing")), Mailing.drop_waiting)


def halt(now: datetime) -> int:
    """End or pause what is still being sent after it has expired; return the number of editions."""
    overdue = Mailing.objects.filter(status=Status.SENDING, expires_at__lte=now, deliveries__status__in=OPEN)
    return _each(overdue.distinct(), Mailing.run_out)


def finish(now: datetime) -> int:
    """End what is sent, by counting rows; return the number of editions."""
    done = Mailing.objects.filter(status=Status.SENDING).exclude(deliveries__status__in=OPEN)
    return _each(done, Mailing.finish)


def store_proofs(now: datetime) -> int:
    """Store the proof of editions whose last message left, a few at a time; return the number of editions.

    One whose proof fails is passed over: it is tried again by each tick, and takes no other one's place.
    """
    done = 0
    for mailing in Mailing.objects.filter(status=Status.SENT, proofs__isnull=True).order_by("pk"):
        if done == AT_ONCE:
            break
        try:
            store_proof(mailing)
            done += 1
        except Exception:
            logger.exception("edition %s: its proof could not be stored", mailing.number)
    return done


def forget_unsaved(now: datetime) -> int:
    """Remove what was typed and never saved in editions that are closed; return how many texts."""
    return UnsavedText.objects.all().of_closed_editions().delete()[0]


def _each(due: QuerySet[Mailing], act: Callable[[Mailing], object]) -> int:
    """Act on each edition; one that fails is told to people and stops no other."""
    done = 0
    for mailing in due.order_by("pk"):
        try:
            act(mailing)
            done += 1
        except TransitionError:
            logger.info("edition %s: somebody was first, the step is not due any more", mailing.number)
        except Exception as error:
            logger.exception("edition %s: the step that was due failed", mailing.number)
            _note(mailing, act.__name__, error)
    return done


def _note(mailing: Mailing, verb: str, error: Exception) -> None:
    """Write the failure down; without a database that cannot be, and the next tick tries both again."""
    try:
        FailedStep.note(mailing, verb, error)
    except Exception:
        logger.exception("edition %s: the failure could not be written down", mailing.number)


JOBS: list[Callable[[datetime], int]] = [
    *(let_leave, expire, start),
    *(end_rights, sweep_deliveries, suppress, settle, halt, finish, store_proofs),
    *(look_for_bounces, remind_readers),
    *(turn_weeks, remind),
    forget_unsaved,
]
