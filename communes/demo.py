"""The demonstration's share of this app: colleges since 2018, SPOCs, an absence this week, districts, associations.

Everybody is invented. What tells a story: one vacancy of trade (Watermael-Boitsfort), an acting bourgmestre
(Woluwe-Saint-Lambert), a bourgmestre who holds trade (Berchem-Sainte-Agathe), trade split over two (Schaerbeek),
a mandate that ends soon (Evere), a civil servant of two communes, a SPOC who is away this week.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import count, product
from typing import Final

from django.contrib.auth.hashers import make_password
from django.utils import timezone
from django.utils.text import slugify

from communes import demo_names as names
from communes.models import (
    Absence,
    Assignment,
    AssociationEvent,
    Commune,
    Delegation,
    District,
    Mandate,
    MerchantsAssociation,
)
from hubportal.accounts import demo as accounts
from hubportal.accounts.models import User

Duty = tuple[tuple[str, ...], str, str]
"""Portfolio codes, what the commune calls them in French and in Dutch."""

PREVIOUS: Final = (date(2018, 12, 1), date(2024, 11, 30))
UNTIL: Final = date(2030, 11, 30)
SINCE: Final = {"21011": date(2024, 12, 6), "21014": date(2025, 3, 3)}
"""First day of the present college where it is not 1 December 2024."""
SPOCS: Final = {
    "margaux": ("21001", "21005", "21007", "21009", "21013"),
    "bilal": ("21003", "21008", "21010", "21011", "21012"),
    "ilse": ("21004", "21006", "21014", "21015"),
    "noe": ("21002", "21016", "21017", "21018", "21019"),
}
SPOC_KEYS: Final = {"bilal": "spoc"}
CHANGE_OF_SPOCS: Final = date(2023, 9, 1)
WITHOUT_TRADE, MAYOR_HOLDS_TRADE, TRADE_IN_TWO = "21017", "21003", "21015"
ACTING_MAYOR, ENDING_SOON = "21018", "21006"
ONE_CLICK_TRADE: Final = {"21001": "echevine", "21010": "schepen"}
ONE_CLICK_MAYOR: Final = {"21016": "bourgmestre"}
DISTRICTS: Final = (3, 2, 2, 4, 3, 2, 3, 2, 4, 3, 2, 3, 3, 3, 4, 3, 2, 3, 3)
"""How many shopping districts each commune has, in NIS order: 54."""


def load(today: date) -> None:
    """Fill an empty database; later only make sure that a SPOC is away in the present week."""
    people = accounts.people()
    if not Mandate.objects.exists():
        communes = list(Commune.objects.order_by("nis"))
        _Colleges(communes, people, today).save()
        _assign(communes, people)
        _delegate(people)
        _helped_on(people["ended"], today)
        _districts(communes, people["lead"])
    _somebody_is_away(people, today)


class _Colleges:
    """Makes the people and their mandates, in memory first: two inserts for all of them."""

    def __init__(self, communes: list[Commune], people: dict[str, User], today: date) -> None:
        self.communes, self.people, self.today = communes, people, today
        self.users: list[User] = []
        self.mandates: list[Mandate] = []
        self._numbers = count()
        self._password = make_password(None)

    def save(self) -> None:
        for index, commune in enumerate(self.communes):
            self._college(commune, 4 + index % 3)
        User.objects.bulk_create(self.users)
        Mandate.objects.bulk_create(self.mandates)

    def _college(self, commune: Commune, size: int) -> None:
        mayor = self._person(commune, ONE_CLICK_MAYOR.get(commune.nis))
        with_trade = commune.nis == MAYOR_HOLDS_TRADE
        self._hold(mayor, commune, names.MAYOR_WITH_TRADE if with_trade else names.MAYOR)
        if commune.nis == ACTING_MAYOR:
            self._hold(self._person(commune), commune, names.MAYOR, is_acting=True)
        echevins = [
            self._echevin(commune, rank, duty)
            for rank, duty in enumerate(_duties(commune.nis, size), start=1)
        ]
        self._before(commune, mayor, echevins)

    def _echevin(self, commune: Commune, rank: int, duty: Duty) -> User:
        has_trade = duty is names.TRADE
        user = self._person(commune, ONE_CLICK_TRADE.get(commune.nis) if has_trade else None)
        leaves = commune.nis == ENDING_SOON and rank == 2
        self._hold(
            user, commune, duty, rank=rank, ends_on=self.today + timedelta(days=19) if leaves else UNTIL
        )
        return user

    def _before(self, commune: Commune, mayor: User, echevins: list[User]) -> None:
        """The previous college: its bourgmestre often went on; its échevin of trade did, or left for good."""
        start, end = PREVIOUS
        end = max(end, SINCE.get(commune.nis, end) - timedelta(days=1))
        went_on = int(commune.nis) % 4 != 0
        self._hold(
            mayor if went_on else self._person(commune), commune, names.MAYOR, starts_on=start, ends_on=end
        )
        trade = self.people["ended"] if commune.nis == TRADE_IN_TWO else echevins[-1]
        self._hold(trade, commune, names.TRADE, rank=1, starts_on=start, ends_on=end)

    def _hold(
        self, user: User, commune: Commune, duty: Duty, *, rank: int | None = None, is_acting: bool = False,
        starts_on: date | None = None, ends_on: date = UNTIL,
    ) -> None:  # fmt: skip
        codes, in_french, in_dutch = duty
        self.mandates.append(
            Mandate(
                user=user,
                commune=commune,
                office=Mandate.Office.ECHEVIN if rank else Mandate.Office.BOURGMESTRE,
                is_acting=is_acting,
                rank=rank,
                portfolios=list(codes),
                portfolio_fr=in_french,
                portfolio_nl=in_dutch,
                starts_on=starts_on or SINCE.get(commune.nis, date(2024, 12, 1)),
                ends_on=ends_on,
            )
        )

    def _person(self, commune: Commune, key: str | None = None) -> User:
        """Return a one-click account, or an invented person: some not invited yet, a few with gaps in what is known."""
        if key:
            return self.people[key]
        number = next(self._numbers)
        first = names.FIRST_NAMES[number * 7 % len(names.FIRST_NAMES)]
        last = names.LAST_NAMES[(number + number // len(names.LAST_NAMES) * 3) % len(names.LAST_NAMES)]
        address = f"{slugify(first)}.{slugify(last)}@{slugify(commune.name_fr)}.example"
        language = "nl" if number % 3 == 0 else "fr"
        user = User(
            first_name=first,
            last_name=last,
            email=None if number % 37 == 11 else address,
            language=language,
            content_language="" if number % 29 == 5 else language,
            phone=f"02 000 {2 + number // 100:02d} {number % 100:02d}",
            is_active=number % 6 != 1,
            password=self._password,
        )
        self.users.append(user)
        return user


def _duties(nis: str, size: int) -> list[Duty]:
    """Return the portfolios of a commune's échevins, by rank."""
    others = [*names.PORTFOLIOS]
    if nis in (WITHOUT_TRADE, MAYOR_HOLDS_TRADE):
        return others[:size]
    if nis == TRADE_IN_TWO:
        return [names.TRADE, names.ECONOMY, *others][:size]
    return [others[0], names.TRADE, *others[1:]][:size]


def _assign(communes: list[Commune], people: dict[str, User]) -> None:
    """Give each commune its SPOC; before the change of 2023 two of them shared the 19."""
    day_before = CHANGE_OF_SPOCS - timedelta(days=1)
    first_two = (people["margaux"], people["ilse"])
    now = {nis: people[SPOC_KEYS.get(key, key)] for key, codes in SPOCS.items() for nis in codes}
    Assignment.objects.bulk_create(
        Assignment(commune=commune, user=user, starts_on=starts_on, ends_on=ends_on)
        for index, commune in enumerate(communes)
        for user, starts_on, ends_on in (
            (first_two[index % 2], accounts.BEGINNING, day_before),
            (now[commune.nis], CHANGE_OF_SPOCS, None),
        )
    )


def _delegate(people: dict[str, User]) -> None:
    """Let the one-click civil servant act for two communes, until the end of 2027 in the second."""
    ends = {"21005": None, "21009": date(2027, 12, 31)}
    givers = Mandate.objects.filter(
        commune__in=ends, starts_on=date(2024, 12, 1), portfolios__contains=["trade"]
    )
    Delegation.objects.bulk_create(
        Delegation(
            user=people["delegate"], commune_id=giver.commune_id, given_by_id=giver.user_id,
            starts_on=date(2025, 1, 6), ends_on=ends[giver.commune_id],
        )
        for giver in givers
    )  # fmt: skip


def _helped_on(former: User, today: date) -> None:
    """Let the former échevin have helped the new college until lately: otherwise a tick forgets how to reach them."""
    giver = Mandate.objects.valid(today).filter(commune=TRADE_IN_TWO, office="bourgmestre").order_by("pk")[0]
    Delegation.objects.create(
        user=former,
        commune_id=TRADE_IN_TWO,
        given_by_id=giver.user_id,
        starts_on=giver.starts_on,
        ends_on=max(giver.starts_on, today - timedelta(days=75)),
    )


def _districts(communes: list[Commune], lead: User) -> None:
    """Make 54 shopping districts, and an association in most: active, planned or dormant."""
    pairs = iter(product(names.KINDS, names.PLACES))
    districts = [
        District(
            commune=commune,
            name_fr=kind_fr.format(place_fr),
            name_nl=kind_nl.format(place_nl),
            about_fr=names.ABOUT_FR if index == 0 else "",
            about_nl=names.ABOUT_NL if index == 0 else "",
        )
        for commune, size in zip(communes, DISTRICTS, strict=True)
        for index, ((kind_fr, kind_nl), (place_fr, place_nl)) in zip(range(size), pairs, strict=False)
    ]
    District.objects.bulk_create(districts)
    associations = list(_associations(districts))
    MerchantsAssociation.objects.bulk_create(associations)
    AssociationEvent.objects.bulk_create(event for row in associations for event in _history(row, lead))


def _associations(districts: list[District]) -> Iterator[MerchantsAssociation]:
    for number, district in enumerate(districts):
        if number % 3 == 2:
            continue
        place = district.name_fr.partition(" ")[2]
        first, last = names.FIRST_NAMES[number * 11 % 40], names.LAST_NAMES[(number * 13 + 5) % 40]
        yield MerchantsAssociation(
            commune_id=district.commune_id,
            district=district,
            name=names.ASSOCIATIONS[number % 3].format(place),
            status=("active", "active", "planned", "active", "dormant")[number % 5],
            contact_name=f"{first} {last}",
            contact_email=f"bureau@{slugify(place)}.example",
            contact_phone=f"02 000 05 {number:02d}",
        )


def _history(row: MerchantsAssociation, by: User) -> Iterator[AssociationEvent]:
    """Yield the steps that led to a state."""
    steps = {"active": ["activate"], "dormant": ["activate", "suspend"]}.get(row.status, [])
    states = {"activate": ("planned", "active"), "suspend": ("active", "dormant")}
    for year, verb in enumerate(steps, start=2022):
        source, target = states[verb]
        at = timezone.make_aware(datetime.combine(date(year, 5, 9), time(10)))
        yield AssociationEvent(subject=row, by=by, verb=verb, source=source, target=target, at=at)


def _somebody_is_away(people: dict[str, User], today: date) -> None:
    """Let one SPOC be away in the present week, with another one standing in."""
    if Absence.objects.valid(today).exists():
        return
    monday = today - timedelta(days=today.weekday())
    Absence.objects.create(
        user=people["margaux"],
        stand_in=people["spoc"],
        starts_on=monday,
        ends_on=max(monday + timedelta(days=4), today),
    )
