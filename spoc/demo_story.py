"""How a past of requests is written for the demonstration: in memory along the table of the lifecycle, then in bulk."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from communes.models import Assignment, Commune, District, MerchantsAssociation
from conventions.models import ConventionTheme
from hubportal.accounts.models import User
from hubportal.businessdays import add_business_days, last_business_day
from spoc import demo_texts as texts
from spoc.models import (
    AuditDetails,
    ChantierDetails,
    Deliverable,
    DevelopmentDetails,
    Direction,
    Message,
    Reminder,
    RequestCounter,
    RequestEvent,
    ServiceRequest,
)
from spoc.models.details import Details

Steps = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Cast:
    """Who plays in a commune, and where."""

    commune: Commune
    requester: User
    spocs: tuple[Assignment, ...]
    districts: tuple[District, ...]
    themes: tuple[ConventionTheme, ...]
    associations: tuple[MerchantsAssociation, ...]

    def spoc(self, on: date) -> User:
        """Return the SPOC of a day."""
        return next((row.user for row in self.spocs if row.is_valid_on(on)), self.spocs[-1].user)

    def theme(self, kind: str, on: date) -> ConventionTheme | None:
        """Return a theme of the convention in force on a day that opens a service; None without one."""
        fits = [row for row in self.themes if row.theme.kind == kind and row.convention.is_in_force(on)]
        return fits[0] if fits else None


@dataclass
class Story:
    """One request: its steps with the days since each, and the due date in days from today."""

    cast: Cast
    topic: texts.Topic
    steps: Steps
    due_in: int
    plot: str
    direction: Direction = Direction.TO_AGENCY
    row: ServiceRequest = field(init=False)
    events: list[RequestEvent] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    deliverables: list[Deliverable] = field(default_factory=list)

    def tell(self, today: date) -> None:
        """Write the request and what hangs on it, in memory."""
        self.today = today
        commune_asks = self.direction == Direction.TO_AGENCY
        self.language = "nl" if self.cast.requester.content_language == "nl" else "fr"
        spoc = self.cast.spoc(self._day(self.steps[0][1] if self.steps else 0))
        self.asks, self.answers = (self.cast.requester, spoc) if commune_asks else (spoc, self.cast.requester)
        self.phrases = texts.PHRASES[self.language]
        self.row = self._draft()
        for number, (verb, ago) in enumerate(self.steps):
            self._take(verb, self._at(ago, number))

    def details(self) -> Details:
        """Return the fields of the request's service."""
        detail, row = self._words().detail, self.row
        if row.kind == "audit":
            return AuditDetails(
                request=row, wanted=["data", "study"], perimeter=detail[:300], purpose=row.description
            )
        if row.kind == "development":
            association = self.cast.associations[0] if self.cast.associations else None
            aim = "relaunch" if association else "district"
            return DevelopmentDetails(
                request=row, aim=aim, association=association, stage="prepared", situation=detail
            )
        begins = self._day(self.steps[0][1] if self.steps else 0) + timedelta(
            days=27 + row.commune.pk.count("1") * 9
        )
        return ChantierDetails(
            request=row, starts_on=begins, ends_on=begins + timedelta(days=96), streets=detail, shops_touched=48,
            road_type="communal", contracting_authority=self.phrases.authority,
            osiris_reference=f"OSI-{begins:%Y}-{int(row.commune.pk) * 37 % 9000 + 1000}",
            merchants_told_on=begins - timedelta(days=24),
            evaluation=self.phrases.evaluation if row.delivered_at else "",
        )  # fmt: skip

    def _words(self) -> texts.Words:
        return self.topic.nl if self.language == "nl" else self.topic.fr

    def _draft(self) -> ServiceRequest:
        words, district = (
            self._words(),
            self.cast.districts[len(self.topic.fr.title) % len(self.cast.districts)],
        )
        place = district.name_nl if self.language == "nl" else district.name_fr
        begun = self._at(self.steps[0][1] if self.steps else 1, 0)
        theme = self.cast.theme(self.topic.kind, begun.date())
        return ServiceRequest(
            kind=self.topic.kind, direction=self.direction, commune=self.cast.commune, created_by=self.asks,
            title=words.title.format(place=place)[:160], description=words.description.format(place=place),
            convention_theme=theme, outside_reason="" if theme else texts.OUTSIDE[self.language],
            district=district if "{place}" in words.title else None, created_at=begun - timedelta(minutes=9),
        )  # fmt: skip

    def _take(self, verb: str, at: datetime) -> None:
        """Take a step on a day of the past: the event, and the facts that the database wants."""
        line = next(
            line for line in self.row.TRANSITIONS if line.verb == verb and self.row.status in line.sources
        )
        by: User | None = self.asks if verb in ("submit", "withdraw", "reopen", "confirm") else self.answers
        if verb == "give_up" or (verb == "confirm" and self.plot == "by_itself"):
            by = None
        facts, said = self._facts(verb, at)
        self.events.append(
            RequestEvent(
                by=by, verb=verb, source=self.row.status, target=line.targets[0], at=at, comment=said
            )
        )
        for name, value in {**facts, "status": line.targets[0]}.items():
            setattr(self.row, name, value)

    def _facts(self, verb: str, at: datetime) -> tuple[dict[str, Any], str]:
        """Return the columns that a step sets, and its comment; write what is said beside it."""
        due, day, words = self._day(-self.due_in, ahead=True), timezone.localdate(at), self.phrases
        if verb == "submit":
            return {"submitted_at": at, "due_on": add_business_days(day, 2)}, ""
        if verb == "accept":
            self._say(self.answers, words.welcome, at)
            return {"accepted_at": at, "answered_at": at, "assigned_to": self.answers, "due_on": due}, ""
        if verb == "start" and self.direction == Direction.TO_AGENCY:
            self._say(self.answers, texts.NOTE, at, is_public=False)
        if verb == "ask":
            self._say(self.answers, words.question, at, is_question=True)
            return {"waiting_since": at}, ""
        if verb == "deliver":
            self._hand_in(at)
            return {"delivered_at": at, "proposed_outcome": "solved"}, ""
        return self._ending(verb, at)

    def _ending(self, verb: str, at: datetime) -> tuple[dict[str, Any], str]:
        words = self.phrases
        if verb == "confirm":
            usefulness = (
                "" if self.plot == "by_itself" else "partly" if len(self.row.title) % 3 == 0 else "yes"
            )
            return {"closed_at": at, "outcome": "solved", "usefulness": usefulness}, ""
        if verb == "close":
            return {"closed_at": at, "outcome": "redirected", "closing_text": words.closed}, ""
        if verb == "give_up":
            return {"closed_at": at, "outcome": "no_news", "waiting_since": None}, ""
        if verb == "decline":
            return {"answered_at": at, "decline_reason": "not_held", "decline_text": words.declined}, ""
        if verb == "reopen":
            blank = dict.fromkeys(("outcome", "proposed_outcome", "usefulness"), "")
            return {"closed_at": None, "delivered_at": None, **blank}, words.reopened
        return {}, words.withdrawn if verb == "withdraw" else ""

    def _say(self, by: User, text: str, at: datetime, **kind: bool) -> None:
        side = "agency" if (by == self.asks) == (self.direction == Direction.TO_COMMUNE) else "commune"
        self.messages.append(
            Message(
                request=self.row,
                author=by,
                side=side,
                text=text,
                written_at=at + timedelta(minutes=4),
                **kind,
            )
        )

    def _hand_in(self, at: datetime) -> None:
        words, place = self._words(), self.row.title.rpartition(", ")[2]
        self.deliverables.append(
            Deliverable(
                request=self.row,
                kind="text",
                title=words.result.format(place=place)[:160],
                text=self.phrases.result,
                added_by=self.answers,
                added_at=at,
            )
        )

    def _day(self, ago: int, *, ahead: bool = False) -> date:
        """Return the business day that is about so many days ago (ahead: the one after it, not before)."""
        day = self.today - timedelta(days=ago)
        return add_business_days(day, 0) if ahead else last_business_day(day)

    def _at(self, ago: int, number: int) -> datetime:
        """Return the hour of the `number`-th step, never later than now."""
        at = timezone.make_aware(datetime.combine(self._day(ago), time(9 + number, 20)))
        return min(at, timezone.now() - timedelta(minutes=30 - number))


class Past:
    """Many stories, saved together: a few inserts for all of them."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.stories: list[Story] = []

    def add(self, story: Story) -> None:
        """Tell a story and keep it."""
        story.tell(self.today)
        self.stories.append(story)

    def save(self) -> None:
        """Number the requests by the day they were submitted, and write everything."""
        self._number()
        ServiceRequest.objects.bulk_create(story.row for story in self.stories)
        for model in (AuditDetails, DevelopmentDetails, ChantierDetails):
            rows: list[Any] = [row for story in self.stories if isinstance(row := story.details(), model)]
            model._default_manager.bulk_create(rows)
        for story in self.stories:
            for event in story.events:
                event.subject = story.row
        RequestEvent.objects.bulk_create(event for story in self.stories for event in story.events)
        Message.objects.bulk_create(row for story in self.stories for row in story.messages)
        Deliverable.objects.bulk_create(row for story in self.stories for row in story.deliverables)
        Reminder.objects.bulk_create(self._reminders())

    def _number(self) -> None:
        last: dict[int, int] = defaultdict(int)
        sent = [story.row for story in self.stories if story.row.submitted_at]
        for row in sorted(sent, key=lambda row: str(row.submitted_at)):
            year = row.submitted_at.year if row.submitted_at else 0
            last[year] += 1
            row.reference = f"D-{year}-{last[year]:04d}"
        RequestCounter.objects.bulk_create(
            RequestCounter(year=year, last=number) for year, number in last.items()
        )

    def _reminders(self) -> list[Reminder]:
        """Return the warnings of what waits for long, and of what was given up."""
        return [
            Reminder(request=story.row, user=story.asks, kind=kind, sent_on=at.date() + timedelta(days=days))
            for story in self.stories
            for at in [event.at for event in story.events if event.verb == "ask"]
            for kind, days in (("waiting_7", 7), ("waiting_21", 21))
            if at.date() + timedelta(days=days) < self.today
        ]
