"""Fills a database with service requests as years would have left them: 2019 to today, over the 19 communes.

The same seed gives the same rows. They go in with COPY, past `save()`, so every CHECK of the database holds of them;
what a request has passed through follows the table of its lifecycle.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection, models
from django.utils import timezone

from bench.cases import IN_PROGRESS, LIVES, Case, ending, events, places
from bench.copying import COLUMNS, copy, without_indexes
from bench.words import COMMON, RARE, Words
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

SEED: Final = 19
BEGINNING: Final = date(2019, 3, 1)
CHUNK: Final = 20_000
RECENT: Final = 120
"""Days after which most requests have ended."""
MEASURED: Final = "21001"
"""Anderlecht: the last request is its own, with ten messages."""
ALIKE: Final = 30
"""The last requests, more than a page shows: of one sort, so that the same page of each size shows the same things."""
Rows = dict[type[models.Model], list[tuple[Any, ...]]]


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
        self.places = places()
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
        case = self._case(key, at)
        rows[ServiceRequest].append(self._columns(case))
        self._details(rows, key, case.kind, case.street, at)
        fewest = int(self._is_alike(key))
        words = 10 if key == self.last else self.chance.randrange(fewest, 4)
        self._thread(rows, key, (case.asks, case.answers), case.sides, case.moments, words)
        rows[RequestEvent] += events(key, case.life, case.moments, case.asks, case.answers)
        if case.moments and self.chance.random() < 0.5:
            rows[Reading].append((key, case.answers, case.sides[1], case.moments[0], case.moments[-1]))
        if delivered := case.passed.get("deliver"):
            text = self.words.sentence(12)
            rows[Deliverable].append(
                (key, "text", f"Note, {case.street}", "", text, case.answers, delivered, "", "", "", 0, "")
            )

    def _is_alike(self, key: int) -> bool:
        return self.last - key < ALIKE

    def _case(self, key: int, at: datetime) -> Case:
        """Draw what a request is about, and what it has gone through."""
        chance, is_alike = self.chance, self._is_alike(key)
        place = self.measured if is_alike else chance.choice(self.places)
        life = IN_PROGRESS if is_alike else self._life(at)
        kind = Kind.CHANTIER if is_alike else chance.choice(Kind.values)
        to_agency = key == self.last or (chance.random() < 0.9 and not is_alike)
        moments = self._moments(at, len(life))
        street, topic = self.words.street(), self.words.topic()
        if is_alike:
            street, topic = f"rue {RARE}", f"Nos {COMMON}"
        return Case(key, place, at, kind, to_agency, life, moments, street, topic)

    def _columns(self, case: Case) -> tuple[Any, ...]:
        """Return the row of a request, in the order of COLUMNS."""
        chance, place, passed = self.chance, case.place, case.passed
        theme = place.themes.get(case.kind)
        due = (case.at + timedelta(days=chance.randrange(6, 90))).date()
        return (
            case.key, self._reference(case.moments[0]) if case.life else None, case.kind,
            "to_agency" if case.to_agency else "to_commune", place.nis, theme,
            "" if theme else "Aucune convention ne le prévoit.",
            chance.choice(place.districts) if place.districts else None,
            f"{case.topic}, {case.street}", self.words.sentence(chance.randrange(12, 30)), case.status,
            case.answers if "accept" in passed else None, due if case.life else None, case.asks, case.at,
            case.moments[-1] if case.moments else case.at, passed.get("submit"),
            passed.get("accept") or passed.get("decline"), passed.get("accept"), passed.get("deliver"),
            *ending(case),
        )  # fmt: skip

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
