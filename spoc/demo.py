"""The demonstration's share of this app: requests of each service in each state, over the 19 communes, since 2019.

The past is written straight into the tables, along the lines of the lifecycle's table, so that it can have happened
on other days than today; the newest requests are submitted by their verb, with their mails.
"""

from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Final

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from communes.models import Absence, Assignment, Commune, District, Mandate, MerchantsAssociation
from conventions.models import ConventionTheme
from hubportal.accounts import demo as accounts
from hubportal.accounts.models import User
from hubportal.files.models import StoredFile
from spoc import demo_concerns, demo_partners, demo_plans
from spoc import demo_texts as texts
from spoc.demo_story import Cast, Past, Story
from spoc.models import Direction, HandoverNote, RequestFile, SavedView, ServiceRequest

Plot = tuple[tuple[str, int], ...]
"""Steps and how many days ago each was taken."""

PLOTS: Final[dict[str, tuple[Plot, int]]] = {
    "submitted": ((("submit", 1),), 0),
    "unanswered": ((("submit", 6),), 0),
    "accepted": ((("submit", 8), ("accept", 7)), 12),
    "in_progress": ((("submit", 24), ("accept", 22), ("start", 20)), 9),
    "late": ((("submit", 45), ("accept", 43), ("start", 40)), -2),
    "waiting": ((("submit", 25), ("accept", 24), ("start", 20), ("ask", 4)), 15),
    "waiting_long": ((("submit", 44), ("accept", 42), ("start", 40), ("ask", 16)), 5),
    "delivered": ((("submit", 38), ("accept", 36), ("start", 33), ("deliver", 3)), 2),
    "confirmed": ((("submit", 80), ("accept", 78), ("start", 70), ("deliver", 40), ("confirm", 34)), -30),
    "by_itself": ((("submit", 120), ("accept", 118), ("start", 110), ("deliver", 60), ("confirm", 36)), -50),
    "redirected": ((("submit", 60), ("accept", 59), ("start", 57), ("close", 50)), -20),
    "no_news": ((("submit", 110), ("accept", 108), ("start", 105), ("ask", 75), ("give_up", 28)), -70),
    "declined": ((("submit", 33), ("decline", 31)), 0),
    "withdrawn": ((("submit", 19), ("withdraw", 15)), 0),
    "reopened": (
        (("submit", 70), ("accept", 68), ("start", 60), ("deliver", 20), ("confirm", 15), ("reopen", 4)),
        8,
    ),
    "draft": ((), 0),
}
USUAL: Final = tuple(name for name in PLOTS if name not in ("confirmed",))
OF_ANDERLECHT: Final = ("waiting", "delivered", "in_progress", "submitted", "draft")
"""The one-click échevine has something to do in each."""
ANDERLECHT, JETTE, UCCLE = "21001", "21010", "21016"
ASKED_BY_THE_AGENCY: Final = {ANDERLECHT: "submitted", JETTE: "accepted", UCCLE: "in_progress"}
"""What the agency asked of the communes of the one-click members of a college: each has another step to take."""
FRESH: Final = ("21003", "21010", "21012")
"""Communes of the one-click SPOC in which something was submitted just now."""


def load(today: date) -> None:
    """Fill an empty database; later do nothing."""
    demo_concerns.load(today)
    if ServiceRequest.objects.exists():
        return
    past = Past(today)
    numbers = count()
    for index, commune in enumerate(Commune.objects.order_by("nis")):
        cast = _cast(commune)
        if cast is None:
            continue
        for plot in _plots(index, commune.nis):
            steps, due = PLOTS[plot]
            past.add(Story(cast, texts.TOPICS[next(numbers) * 5 % len(texts.TOPICS)], steps, due, plot))
        if commune.nis in FRESH:
            past.add(Story(cast, texts.TOPICS[next(numbers) * 5 % len(texts.TOPICS)], (), 0, "draft"))
        for year in (2019 + index % 6, 2021 + index % 5):
            past.add(
                _old(
                    cast,
                    texts.TOPICS[next(numbers) * 7 % len(texts.TOPICS)],
                    date(year, 3 + index % 8, 5),
                    today,
                )
            )
        if asked := ASKED_BY_THE_AGENCY.get(commune.nis):
            steps, due = PLOTS[asked]
            past.add(Story(cast, texts.ASKED_OF_COMMUNES, steps, due, asked, Direction.TO_COMMUNE))
    past.save()
    demo_plans.load(today)
    _files()
    demo_partners.load()
    _fresh()
    _hand_over(today)
    _views()


def _plots(index: int, nis: str) -> tuple[str, ...]:
    if nis in (ANDERLECHT, JETTE):
        return OF_ANDERLECHT
    size = 2 + index % 3
    return tuple(USUAL[(index * 4 + step * 3) % len(USUAL)] for step in range(size))


def _old(cast: Cast, topic: texts.Topic, begun: date, today: date) -> Story:
    """Return a request of earlier years, confirmed."""
    ago = (today - begun).days
    steps = (
        ("submit", ago),
        ("accept", ago - 1),
        ("start", ago - 6),
        ("deliver", ago - 40),
        ("confirm", ago - 44),
    )
    return Story(cast, topic, steps, -(ago - 42), "confirmed")


def _cast(commune: Commune) -> Cast | None:
    """Return who plays in a commune: an active member of the college, trade first; its SPOCs; its districts."""
    mandates = Mandate.objects.valid().filter(
        commune=commune, user__is_active=True, user__email__isnull=False
    )
    people = sorted(
        mandates.select_related("user"),
        key=lambda row: ("trade" not in row.portfolios, row.rank or 0, row.pk),
    )
    if not people:
        return None
    return Cast(
        commune=commune,
        requester=people[0].user,
        spocs=tuple(Assignment.objects.filter(commune=commune).select_related("user").order_by("starts_on")),
        districts=tuple(District.objects.filter(commune=commune)),
        associations=tuple(MerchantsAssociation.objects.filter(commune=commune).order_by("pk")),
        themes=tuple(
            ConventionTheme.objects.filter(convention__in=commune.conventions.binding())
            .select_related("theme", "convention")
            .order_by("pk")
        ),
    )


def _files() -> None:
    """Add a file to a request of Anderlecht, so that there is something to download."""
    rows = ServiceRequest.objects.filter(
        commune=ANDERLECHT, direction=Direction.TO_AGENCY, status="in_progress"
    )
    row = rows.order_by("pk").first()
    if row is not None and row.submitted_at is not None:
        facts = StoredFile.facts_of(SimpleUploadedFile("relevé.csv", texts.FILE))
        RequestFile.objects.create(
            request=row, uploaded_by_id=row.created_by_id, uploaded_at=row.submitted_at, **facts
        )


def _fresh() -> None:
    """Submit what the SPOC finds in the morning: a draft of each of these communes, by the verb."""
    drafts = ServiceRequest.objects.filter(commune__in=FRESH, status="draft")
    for row in drafts.order_by("commune_id", "-pk").distinct("commune_id"):
        row.submit(by=User.objects.get(pk=row.created_by_id))


def _hand_over(today: date) -> None:
    """Let the SPOC who is away this week have left a note to the stand-in, who has not read it yet."""
    absence = Absence.objects.valid(today).select_related("user", "stand_in").first()
    served = (
        Assignment.objects.valid(today).filter(user=absence.user) if absence else Assignment.objects.none()
    )
    commune = served.order_by("commune").first()
    if absence is None or commune is None:
        return
    left = timezone.make_aware(datetime.combine(absence.starts_on - timedelta(days=3), time(16, 40)))
    HandoverNote.objects.create(
        commune=commune.commune, giver=absence.user, receiver=absence.stand_in, starts_on=absence.starts_on,
        ends_on=absence.ends_on, text=texts.HANDOVER, made_at=left,
    )  # fmt: skip


def _views() -> None:
    """Keep two views of the desk's list: one of the one-click SPOC, one that the lead shares."""
    people = accounts.people()
    for key, name, query, is_shared in texts.VIEWS:
        SavedView.objects.create(owner=people[key], name=name, query=query, is_shared=is_shared)
