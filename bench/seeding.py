"""Fills a database with service requests as years would have left them: 2019 to today, over the 19 communes.

The same seed gives the same rows. They go in with COPY, past `save()`, so every CHECK of the database holds of them;
what a request has passed through follows the table of its lifecycle.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from django.db import connection, models
from django.utils import timezone

from bench.copying import COLUMNS, copy, without_indexes
from bench.words import COMMON, RARE, Words
from communes.models import Assignment, Commune, District, Mandate
from conventions.models import ConventionTheme
from spoc.models import (
    AuditDetails,
    ChantierDetails,
    Deliverable,
    DevelopmentDetails,
    Kind,
    Message,
    Reading,
    RequestCounter,
    RequestEvent,
    ServiceRequest,
)  # fmt: skip


class Life(NamedTuple):
    """What requests have gone through, and how often: of those begun lately, of older ones."""

    steps: tuple[str, ...]
    lately: int
    before: int


SEED: Final = 19
BEGINNING: Final = date(2019, 3, 1)
CHUNK: Final = 20_000
RECENT: Final = 120
"""Days after which most requests have ended."""
MEASURED: Final = "21001"
"""Anderlecht: the last request is its own, with ten messages."""
ALIKE: Final = 30
"""The last requests, more than a page shows: of one sort, so that the same page of each size shows the same things."""
IN_PROGRESS: Final = ("submit", "accept", "start")
LIVES: Final = (
    Life((), 4, 1),
    Life(("submit",), 14, 1),
    Life(("submit", "accept"), 14, 1),
    Life(("submit", "accept", "start"), 28, 1),
    Life(("submit", "accept", "start", "ask"), 8, 1),
    Life(("submit", "accept", "start", "deliver"), 12, 1),
    Life(("submit", "accept", "start", "deliver", "confirm"), 12, 66),
    Life(("submit", "accept", "start", "close"), 2, 9),
    Life(("submit", "accept", "start", "ask", "give_up"), 0, 5),
    Life(("submit", "decline"), 4, 8),
    Life(("submit", "withdraw"), 2, 6),
)
Rows = dict[type[models.Model], list[tuple[Any, ...]]]


class Place(NamedTuple):
    """A commune, and who plays there."""

    nis: str
    asker: int
    spoc: int
    districts: list[int]
    themes: dict[str, int]


def fill(number: int) -> int:
    """Bring the database to so many requests; return the key of the measured one, the last."""
    seeding = Seeding(number)
    with without_indexes():
        for rows in seeding.chunks():
            for model, found in rows.items():
                copy(model, found)
    seeding.close()
    return seeding.last


class Seeding:
    """One run over the years: where it stands."""

    def __init__(self, number: int) -> None:
        self.chance = random.Random(SEED)  # noqa: S311 - the same rows each time are what it is for
        self.words = Words(self.chance)
        self.now = timezone.now()
        self.places = _places()
        self.measured = next(place for place in self.places if place.nis == MEASURED)
        self.first = (ServiceRequest.objects.aggregate(key=models.Max("pk"))["key"] or 0) + 1
        self.number = number - ServiceRequest.objects.count()
        self.last = self.first + self.number - 1
        self.counters = dict(RequestCounter.objects.values_list("year", "last"))

    def chunks(self) -> Iterator[Rows]:
        """Give the rows, oldest request first, so many requests at a time."""
        began = timezone.make_aware(datetime.combine(BEGINNING, datetime.min.time()))
        step = (self.now - began) / self.number
        rows: Rows = defaultdict(list)
        for count in range(self.number):
            at = began + step * (count + self.chance.random())
            self._request(rows, self.first + count, min(at, self.now))
            if (count + 1) % CHUNK == 0:
                yield rows
                rows = defaultdict(list)
        yield rows

    def close(self) -> None:
        """Let sequences and counters go on from here, and let PostgreSQL look at the tables."""
        for year, last in self.counters.items():
            RequestCounter.objects.update_or_create(year=year, defaults={"last": last})
        with connection.cursor() as cursor:
            table = ServiceRequest._meta.db_table
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {self.last})")
            for model in COLUMNS:
                # As the server does by itself after a while.
                cursor.execute(f"VACUUM (ANALYZE) {model._meta.db_table}")

    # --- One request -------------------------------------------------------------------------------------------

    def _request(self, rows: Rows, key: int, at: datetime) -> None:
        chance, is_measured, is_alike = self.chance, key == self.last, self.last - key < ALIKE
        place = self.measured if is_alike else chance.choice(self.places)
        life = IN_PROGRESS if is_alike else self._life(at)
        kind = Kind.CHANTIER if is_alike else chance.choice(Kind.values)
        to_agency = is_measured or (chance.random() < 0.9 and not is_alike)
        asks, answers = (place.asker, place.spoc) if to_agency else (place.spoc, place.asker)
        moments = self._moments(at, len(life))
        passed = dict(zip(life, moments, strict=True))
        status = _status(life)
        street, topic = self.words.street(), self.words.topic()
        if is_alike:
            street, topic = f"rue {RARE}", f"Nos {COMMON}"
        theme = place.themes.get(kind)
        because = "" if theme else "Aucune convention ne le prévoit."
        due = (at + timedelta(days=chance.randrange(6, 90))).date()
        delivered, ended = passed.get("deliver"), status == "closed"
        outcome = ("solved", "solved", "partly_solved")[key % 3] if delivered else ""
        closing = {"close": "redirected", "give_up": "no_news", "confirm": outcome}
        rows[ServiceRequest].append((
            key, self._reference(moments[0]) if life else None, kind,
            "to_agency" if to_agency else "to_commune", place.nis, theme, because,
            chance.choice(place.districts) if place.districts else None,
            f"{topic}, {street}", self.words.sentence(chance.randrange(12, 30)), status,
            answers if "accept" in passed else None, due if life else None, asks, at,
            moments[-1] if moments else at, passed.get("submit"),
            passed.get("accept") or passed.get("decline"), passed.get("accept"), delivered,
            moments[-1] if ended else None, passed.get("ask") if status == "waiting_requester" else None, 0,
            outcome, closing[life[-1]] if ended else "",
            "Une autre administration s’en charge." if life[-1:] == ("close",) else "",
            "yes" if life[-1:] == ("confirm",) and key % 2 else "",
            "not_covered" if status == "declined" else "",
            "La convention ne le prévoit pas." if status == "declined" else "",
        ))  # fmt: skip
        self._details(rows, key, kind, street, at)
        sides = ("commune", "agency") if to_agency else ("agency", "commune")
        self._thread(
            rows, key, (asks, answers), sides, moments, 10 if is_measured else chance.randrange(is_alike, 4)
        )
        rows[RequestEvent] += _events(key, life, moments, asks, answers)
        if moments and chance.random() < 0.5:
            rows[Reading].append((key, answers, sides[1], moments[0], moments[-1]))
        if delivered:
            text = self.words.sentence(12)
            rows[Deliverable].append(
                (key, "text", f"Note, {street}", "", text, answers, delivered, "", "", "", 0, "")
            )

    def _life(self, at: datetime) -> tuple[str, ...]:
        is_recent = self.now - at < timedelta(days=RECENT)
        weights = [life.lately if is_recent else life.before for life in LIVES]
        return self.chance.choices(LIVES, weights)[0].steps

    def _moments(self, at: datetime, steps: int) -> list[datetime]:
        """Return when each step was taken: an answer within ten days, all within sixty, none after now."""
        days = [self.chance.random(), 1 + 9 * self.chance.random()]
        days += sorted(10 + 50 * self.chance.random() for _ in range(steps - 2))
        span = min((self.now - at) / timedelta(days=60), 1)
        return [at + timedelta(days=day) * span for day in days[:steps]]

    def _reference(self, at: datetime) -> str:
        """Return the next number of a year; beyond what the column holds, a letter stands for tens of thousands."""
        year = timezone.localtime(at).year
        self.counters[year] = number = self.counters.get(year, 0) + 1
        if number <= 99_999:
            return f"D-{year}-{number:04d}"
        return f"D-{year}-{chr(ord('A') + (number - 100_000) // 10_000)}{number % 10_000:04d}"

    def _details(self, rows: Rows, key: int, kind: str, street: str, at: datetime) -> None:
        day = at.date()
        if kind == Kind.AUDIT:
            rows[AuditDetails].append((key, "{data,study}", street, "", self.words.sentence(9), None))
        elif kind == Kind.DEVELOPMENT:
            rows[DevelopmentDetails].append((key, "district", None, self.words.sentence(14), "", None))
        else:
            begins = day + timedelta(days=self.chance.randrange(15, 90))
            rows[ChantierDetails].append((
                key, begins, begins + timedelta(days=96), f"{street}\\n{self.words.street()}", "communal",
                "Service des travaux", f"OSI-{key}", None, 48, "", "",
            ))  # fmt: skip

    def _thread(
        self, rows: Rows, key: int, people: tuple[int, int], sides: tuple[str, str],
        moments: list[datetime], number: int,
    ) -> None:  # fmt: skip
        if not moments:
            return
        span = self.now - moments[0]
        for count in range(number):
            at = moments[0] + min(span, timedelta(days=60)) * (count / number)
            who = (count + 1) % 2
            text = self.words.sentence(self.chance.randrange(8, 30))
            rows[Message].append((key, people[who], sides[who], text, True, False, at))


_NEXT: Final[dict[str, str]] = {
    line.verb: str(line.target) for line in ServiceRequest.TRANSITIONS
}  # fmt: skip


def _status(life: tuple[str, ...]) -> str:
    return _NEXT[life[-1]] if life else "draft"


def _events(
    key: int, life: tuple[str, ...], moments: list[datetime], asks: int, answers: int
) -> Iterator[tuple[Any, ...]]:
    source = "draft"
    for verb, at in zip(life, moments, strict=True):
        by = None if verb == "give_up" else asks if verb in ("submit", "confirm", "withdraw") else answers
        yield key, at, by, verb, source, _NEXT[verb], ""
        source = _NEXT[verb]


def _places() -> list[Place]:
    """Return the 19 communes with their people, as the demonstration has made them."""
    mandates = Mandate.objects.valid().filter(user__is_active=True).order_by("-pk")
    askers = dict(mandates.values_list("commune_id", "user_id"))
    spocs = dict(Assignment.objects.valid().order_by("pk").values_list("commune_id", "user_id"))
    districts = defaultdict(list)
    for nis, key in District.objects.order_by("pk").values_list("commune_id", "pk"):
        districts[nis].append(key)
    themes: dict[str, dict[str, int]] = defaultdict(dict)
    named = ConventionTheme.objects.order_by("pk").values_list("convention__commune", "theme__kind", "pk")
    for nis, kind, theme in named:
        themes[nis][kind] = theme
    somebody, spoc = next(iter(askers.values())), next(iter(spocs.values()))
    return [
        Place(nis, askers.get(nis, somebody), spocs.get(nis, spoc), districts[nis], themes[nis])
        for nis in Commune.objects.order_by("nis").values_list("nis", flat=True)
    ]
