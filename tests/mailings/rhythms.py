"""A weekly rhythm for tests, a clock that they move, and an edition that goes through a week as people take it."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from communes.models import Commune
from hubportal.accounts.models import Role
from hubportal.outbox.models import OutboxMessage
from hubportal.tick import tick
from mailings.content import content_hash
from mailings.models import Approval, Capacity, Decision, Mailing, Run, Schedule
from mailings.rhythm import BRUSSELS
from tests.cast import MandateFactory
from tests.mailings.made import TEXTS, person

FRIDAY = 5
NINE = time(9)


class Clock:
    """The clock of the portal: `at` sets it, `beat` is one tick at its moment."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now = timezone.now()
        patch.setattr(timezone, "now", lambda: self.now)

    def at(self, day: date, hour: int = 9, minute: int = 0, second: int = 0) -> "Clock":
        """Set the clock to an hour in Brussels."""
        self.now = datetime.combine(day, time(hour, minute, second), BRUSSELS)
        return self

    def past(self, moment: datetime, **more: float) -> "Clock":
        """Set the clock to so much after a moment, or before it."""
        self.now = moment + timedelta(**more)
        return self

    def beat(self) -> dict[str, int]:
        """Run one tick; every job of this app must have run."""
        done = tick(self.now)
        assert {"mailings.jobs.start", "mailings.jobs.turn_weeks", "mailings.jobs.remind"} <= {*done}
        return done


@pytest.fixture
def clock() -> Iterator[Clock]:
    """A clock at Monday 9 November 2026, 10 o'clock."""
    with pytest.MonkeyPatch.context() as patch:
        yield Clock(patch).at(date(2026, 11, 9), 10)


def a_rhythm(**facts: Any) -> Schedule:
    """Return a rhythm: Fridays at nine, unless told otherwise."""
    for role in (Role.EDITOR, Role.LEAD, Role.CABINET):
        person(role)
    standard = {
        "name_fr": "Mailing de crise", "name_nl": "Crisismailing", "weekday": FRIDAY, "leaves_at": NINE,
        "starts_on": date(2019, 1, 1), "saved_by": person(Role.EDITOR),
    }  # fmt: skip
    return Schedule.objects.create(**{**standard, **facts})


def everybody_reachable() -> None:
    """Give each of the 19 a holder of the portfolio of trade: nobody is missing."""
    for commune in Commune.objects.order_by("nis"):
        MandateFactory(commune_id=commune.nis, trade=True)


def open_run() -> Run:
    """Return the week that is being prepared."""
    return Run.objects.open().select_related("mailing").get()


def written(mailing: Mailing, subject: str = "Soldes") -> Mailing:
    """Let the editor write both texts."""
    texts = {code: {**side, "subject": f"{subject} {mailing.number}"} for code, side in TEXTS.items()}
    mailing.refresh_from_db()
    mailing.revise(
        by=person(Role.EDITOR), texts=texts, portfolios=["trade"], version=mailing.version,
        to_bourgmestres=False,
    )  # fmt: skip
    return mailing


def submitted(mailing: Mailing) -> Mailing:
    """Let the editor write and submit it."""
    written(mailing).submit(by=person(Role.EDITOR))
    return mailing


def approved(mailing: Mailing) -> Mailing:
    """Let it be approved by both, after it was written and submitted."""
    if mailing.status == Mailing.Status.DRAFT:
        submitted(mailing)
    for role in (Role.LEAD, Role.CABINET):
        mailing.approve(by=person(role), seen_hash=mailing.content_hash)
    return mailing


def signed(mailing: Mailing) -> Mailing:
    """Let it be approved by both without a step: the next tick finds it so."""
    for language, words in TEXTS.items():
        mailing.variants.filter(language=language).update(**words)
    mailing.to_bourgmestres, mailing.portfolios = False, ["trade"]
    mailing.content_hash = mailing.approved_hash = content_hash(TEXTS, mailing.audience_rule)
    mailing.status, mailing.submitted_at = Mailing.Status.APPROVED, timezone.now()
    mailing.save()
    for role, capacity in ((Role.LEAD, Capacity.AGENCY), (Role.CABINET, Capacity.CABINET)):
        Approval.objects.create(
            mailing=mailing, user=person(role), capacity=capacity, decision=Decision.APPROVED,
            content_hash=mailing.content_hash, version=mailing.version,
        )  # fmt: skip
    return mailing


def mails(kind: str) -> list[str]:
    """Return to whom mails of a kind were written, in their order."""
    found = OutboxMessage.objects.filter(kind=kind).order_by("pk")
    return list(found.values_list("to_address", flat=True))


def left(mailing: Mailing) -> None:
    """Let the workers hand over every message of an edition that has begun to leave."""
    mailing.deliveries.update(status="accepted", accepted_at=timezone.now())
