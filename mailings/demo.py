"""The demonstration's share of this app: this week's edition waits for both approvals; the four before it were sent.

The past is written straight into the tables along the lines of the lifecycle, so that it happened on its own days;
letters and recipients come from the freeze itself. This week's edition goes through its verbs, so its mails leave.

What tells a story: an address that does not exist any more (last week), a mailbox that was full (edition of two weeks ago), a message that nobody knew of until the editor
asked (three weeks ago), a relay that put one off (last week), a former échevin's address that is stopped. Of the gaps
that each edition left with, one was found only when it left: an échevin stopped his address that very morning. Most
have acknowledged; the échevine of Anderlecht has last week's edition still to read.
"""

import re
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Final

from django.utils import timezone, translation

from communes.models import Portfolio
from hubportal.accounts import demo as accounts
from hubportal.accounts.models import User
from hubportal.businessdays import last_business_day
from hubportal.look.dates import NBSP, long_date
from mailings import (
    audience,
    demo_afterwards,
    demo_attachments,
    demo_audience,
    demo_rhythm,
    demo_texts,
    freezing,
)
from mailings.content import content_hash
from mailings.demo_deliveries import LATEST, deliver
from mailings.demo_texts import Edition
from mailings.models import (
    LANGUAGES,
    Approval,
    Attachment,
    Capacity,
    Decision,
    Delivery,
    DeliveryEvent,
    Mailing,
    MailingEvent,
    Revision,
    Status,
    SuppressedAddress,
    Variant,
)

PORTFOLIOS: Final = [Portfolio.TRADE.value]
AUDIENCE: Final = {"bourgmestres": True, "portfolios": PORTFOLIOS}
FRIDAY: Final = timedelta(days=4)
GAPS: Final = (
    "Watermaal-Bosvoorde heeft geen schepen van Handel; wie niet bereikt wordt, bellen we.",
    "Zelfde leemten als vorige week; de SPOC’s bellen.",
    "De leemten zijn bekend; Noé Marchaland belde het secretariaat van Watermaal-Bosvoorde.",
    "Watermaal-Bosvoorde wijst een schepen van Handel aan op de volgende raad; Koekelberg bezorgt ons een nieuw adres.",
)
"""Why each edition left although somebody was not reached, as its author wrote it; the oldest first."""
STOPPED: Final = "gontran.hautefeuil@schaerbeek.example"
WANTS_NO_MORE: Final = "ugo.xhendrix@koekelberg.example"
"""Stops his address by the link of an edition, between the hour when the next one is scheduled and when it leaves."""
STOPS_BEFORE: Final = 2
"""Age of that next edition; the oldest has the age 0."""
COMMENT: Final = "D’accord avec les deux versions."


def load(today: date) -> None:
    """Fill an empty database; later do nothing."""
    if Mailing.objects.exists():
        return
    demo_audience.load()
    people = accounts.people()
    monday = today - timedelta(days=today.weekday())
    weeks = [monday - timedelta(weeks=ago) for ago in range(len(demo_texts.PAST), 0, -1)]
    numbers = count(weeks[0].isocalendar().week)
    for age, (number, week_on, edition) in enumerate(zip(numbers, weeks, demo_texts.PAST, strict=False)):
        files = demo_attachments.files(people["editor"]) if edition == demo_texts.PAST[-1] else []
        _Sent(number, week_on, edition, people, files).save(GAPS[age], age)
    # Of somebody who left: no gap today.
    SuppressedAddress.objects.create(
        address=STOPPED, reason=SuppressedAddress.Reason.BOUNCED, since=_at(weeks[0], 11, 5)
    )
    demo_afterwards.load(Mailing.objects.sent().order_by("number"))
    _this_week(monday, people["editor"])
    demo_rhythm.load(monday, people["editor"])


def texts_of(edition: Edition, week_on: date) -> dict[str, dict[str, str]]:
    """Return subject, preheader and body by language, with the days of that week; in French with its blanks."""
    sides = {"fr": edition.fr, "nl": edition.nl}
    return {
        language: _filled(language, words._asdict(), _days(edition, week_on))
        for language, words in sides.items()
    }


def _days(edition: Edition, week_on: date) -> dict[str, date]:
    """Return the days that an edition names; somebody has to work on most of them."""
    days = {name: week_on + timedelta(days=after) for name, after in edition.days.items()}
    return {name: day if name == "sunday" else last_business_day(day) for name, day in days.items()}


def _filled(language: str, words: dict[str, str], days: dict[str, date]) -> dict[str, str]:
    with translation.override(language):
        named = {name: long_date(day) for name, day in days.items()}
    filled = {name: text.format(**named) for name, text in words.items()}
    if language == "fr":
        filled = {name: re.sub(r" (?=[:;?])", NBSP, text) for name, text in filled.items()}
    return filled


def _this_week(monday: date, editor: User) -> None:
    """Write this week's edition and ask for its approval, by the verbs."""
    row = Mailing.begin(by=editor, week_on=monday)
    row.revise(
        by=editor, texts=texts_of(demo_texts.THIS_WEEK, monday), portfolios=PORTFOLIOS, version=row.version,
        wider=demo_audience.WIDER,
    )  # fmt: skip
    row.submit(by=editor)


def _stop(at: datetime) -> None:
    """Let an échevin stop his address, by the link in the last edition that he received."""
    SuppressedAddress.objects.create(address=WANTS_NO_MORE, since=at)
    received = Delivery.objects.filter(address=WANTS_NO_MORE).order_by("pk").last()
    if received:
        received.events.create(kind=DeliveryEvent.Kind.STOPPED, at=at)


def _at(day: date, hour: int, minute: int, second: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute, second)))


class _Sent:
    """An edition of the past: begun and submitted by its editor, approved on the morrow, sent on the day after."""

    def __init__(
        self, number: int, week_on: date, edition: Edition, people: dict[str, User], files: list[Attachment]
    ) -> None:
        self.texts, self.people, self.files = texts_of(edition, week_on), people, files
        self.leaves = last_business_day(week_on + FRIDAY)
        self.approved = last_business_day(self.leaves - timedelta(days=1))
        self.written = last_business_day(self.approved - timedelta(days=1))
        self.submitted = _at(self.written, 16, 10)
        self.by_agency, self.by_cabinet = _at(self.approved, 9, 25), _at(self.approved, 14, 45)
        self.started, self.finished = _at(self.leaves, 9, 0, 12), _at(self.leaves, 9, 3, 12)
        self.row = self._row(number, week_on)

    def save(self, gap_reason: str, age: int) -> None:
        """Write everything; `age` says what befell its messages."""
        if age == LATEST:
            demo_audience.widen(self.row, self.texts, self.files)
        self.row.gap_reason, self.row.known_gaps = gap_reason, audience.marks(self._covered())
        self.row.save()
        self.row.authors.add(self.people["editor"])
        Variant.objects.bulk_create(
            Variant(mailing=self.row, language=language, **self.texts[language]) for language in LANGUAGES
        )
        Revision.objects.bulk_create(
            Revision(
                mailing=self.row, version=2, language=language, by=self.people["editor"],
                at=self.row.saved_at, **self.texts[language],
            )
            for language in LANGUAGES
        )  # fmt: skip
        demo_attachments.keep(self.row, self.files)
        Approval.objects.bulk_create(self._approvals())
        MailingEvent.objects.bulk_create(self._events())
        if age == STOPS_BEFORE:
            _stop(self.started - timedelta(minutes=21))
        freezing.write(self.row, self._covered(), self.started)
        deliver(self.row, age, self.people["editor"])

    def _covered(self) -> list[audience.Coverage]:
        """Return the coverage of the day."""
        return audience.coverage(self.row, self.leaves)

    def _row(self, number: int, week_on: date) -> Mailing:
        text_hash = content_hash(self.texts, AUDIENCE, [file.facts for file in self.files])
        return Mailing(
            number=number, week_on=week_on, status=Status.SENT, version=2, created_by=self.people["editor"],
            portfolios=PORTFOLIOS, content_hash=text_hash, approved_hash=text_hash,
            scheduled_for=_at(self.leaves, 9, 0), expires_at=_at(self.leaves, 20, 0),
            created_at=_at(self.written, 9, 40), saved_at=_at(self.written, 15, 55),
            submitted_at=self.submitted, started_at=self.started, finished_at=self.finished,
        )  # fmt: skip

    def _approvals(self) -> list[Approval]:
        submitted = (Capacity.AUTHOR, Decision.SUBMITTED)
        signed: tuple[tuple[str, tuple[Capacity, Decision], datetime, str], ...] = (
            ("editor", submitted, self.submitted, ""),
            ("lead", (Capacity.AGENCY, Decision.APPROVED), self.by_agency, ""),
            ("cabinet", (Capacity.CABINET, Decision.APPROVED), self.by_cabinet, COMMENT),
        )
        return [
            Approval(
                mailing=self.row, user=self.people[who], capacity=capacity, decision=decision, comment=comment,
                content_hash=self.row.content_hash, version=self.row.version, at=at,
            )
            for who, (capacity, decision), at, comment in signed
        ]  # fmt: skip

    def _events(self) -> list[MailingEvent]:
        """Return each step with the states that it led from and to."""
        steps: tuple[tuple[str, str, str | None, datetime], ...] = (
            ("revise", "draft", "editor", _at(self.written, 15, 55)),
            ("submit", "in_review", "editor", self.submitted),
            ("approve", "in_review", "lead", self.by_agency),
            ("approve", "approved", "cabinet", self.by_cabinet),
            ("schedule", "scheduled", "editor", _at(self.approved, 15, 5)),
            ("start", "sending", None, self.started),
            ("finish", "sent", None, self.finished),
        )
        sources = ["draft", *(target for _verb, target, _who, _when in steps)]
        comments = {"schedule": self.row.gap_reason, "cabinet": COMMENT}
        return [
            MailingEvent(
                subject=self.row, verb=verb, source=source, target=target, at=at,
                by=self.people[who] if who else None,
                comment=comments.get(verb) or comments.get(who or "", ""),
            )
            for source, (verb, target, who, at) in zip(sources, steps, strict=False)
        ]  # fmt: skip
