"""What the seeded requests are: the lives that requests lead, the communes they come from, what a row says of it."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, NamedTuple

from communes.models import Assignment, Commune, District, Mandate
from conventions.models import ConventionTheme
from spoc.models import ServiceRequest


class Life(NamedTuple):
    """What requests have gone through, and how often: of those begun lately, of older ones."""

    steps: tuple[str, ...]
    lately: int
    before: int


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
NEXT: Final[dict[str, str]] = {
    line.verb: str(line.target) for line in ServiceRequest.TRANSITIONS
}  # fmt: skip


class Place(NamedTuple):
    """A commune, and who plays there."""

    nis: str
    asker: int
    spoc: int
    districts: list[int]
    themes: dict[str, int]


class Case(NamedTuple):
    """A request: whose, about what, and when each step of its life was taken."""

    key: int
    place: Place
    at: datetime
    kind: str
    to_agency: bool
    life: tuple[str, ...]
    moments: list[datetime]
    street: str
    topic: str

    @property
    def asks(self) -> int:
        """Who speaks for the requesting party."""
        return self.place.asker if self.to_agency else self.place.spoc

    @property
    def answers(self) -> int:
        """Who speaks for the responding party."""
        return self.place.spoc if self.to_agency else self.place.asker

    @property
    def sides(self) -> tuple[str, str]:
        """The requesting and the responding party."""
        return ("commune", "agency") if self.to_agency else ("agency", "commune")

    @property
    def passed(self) -> dict[str, datetime]:
        """When each step was taken."""
        return dict(zip(self.life, self.moments, strict=True))

    @property
    def status(self) -> str:
        """Where it stands."""
        return NEXT[self.life[-1]] if self.life else "draft"


def ending(case: Case) -> tuple[Any, ...]:
    """Return the columns that say how a request ended, or what it waits for."""
    last, ended, declined = case.life[-1:], case.status == "closed", case.status == "declined"
    outcome = ("solved", "solved", "partly_solved")[case.key % 3] if "deliver" in case.passed else ""
    closing = {"close": "redirected", "give_up": "no_news", "confirm": outcome}
    return (
        case.moments[-1] if ended else None,
        case.passed.get("ask") if case.status == "waiting_requester" else None,
        0,
        outcome,
        closing[case.life[-1]] if ended else "",
        "Une autre administration s’en charge." if last == ("close",) else "",
        "yes" if last == ("confirm",) and case.key % 2 else "",
        "not_covered" if declined else "",
        "La convention ne le prévoit pas." if declined else "",
    )


def events(
    key: int, life: tuple[str, ...], moments: list[datetime], asks: int, answers: int
) -> Iterator[tuple[Any, ...]]:
    """Yield the row of each step."""
    source = "draft"
    for verb, at in zip(life, moments, strict=True):
        by = None if verb == "give_up" else asks if verb in ("submit", "confirm", "withdraw") else answers
        yield key, at, by, verb, source, NEXT[verb], ""
        source = NEXT[verb]


def places() -> list[Place]:
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
