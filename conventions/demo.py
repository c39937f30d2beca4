"""The demonstration's share of this app: the 19 agreements of 2019 and 2020, and those of the present legislature.

What tells a story: an agreement in its notice period (Molenbeek-Saint-Jean), one that goes on tacitly (Schaerbeek),
a commune without the theme of roadworks (Jette), which has an amendment; one in negotiation (Uccle), one that half
of the people have signed (Ganshoren), where the former one goes on until then (demo_life.py). They go through the
same steps as real ones, so every rule accepts them.
"""

from datetime import date, timedelta
from typing import Final

from communes.models import Commune, Mandate
from conventions import demo_life, demo_meetings, outline
from conventions.demo_past import bourgmestre_of, moment, secretary_of, set_back
from conventions.demo_texts import REGIONAL_ROADS_FR, REGIONAL_ROADS_NL, THEMES
from conventions.models import ArticleRevision, Convention, ConventionEvent, ConventionTheme, Signatory, Theme
from conventions.models.term import ONE_DAY
from conventions.months import months_after
from hubportal.accounts import demo as accounts
from hubportal.accounts.models import User

LEGISLATURE: Final = date(2030, 11, 30)
NOTICE_PERIOD, TACIT, WITHOUT_ROADWORKS = "21012", "21015", "21010"
REGIONAL_ROADS: Final = ("21001", "21004", "21019")
LAST_TO_SIGN: Final = "21009"
"""Signed in the middle of March 2020, when the other 18 had done so in 2019."""


def load(today: date) -> None:
    """Fill an empty database; later do nothing."""
    if Convention.objects.exists():
        return
    Theme.objects.bulk_create(
        Theme(code=row.code, name_fr=row.name_fr, name_nl=row.name_nl, kind=row.kind, position=place * 10)
        for place, row in enumerate(THEMES, start=1)
    )
    people = accounts.people()
    for index, commune in enumerate(Commune.objects.order_by("nis")):
        _before(index, commune, people)
        if commune.nis not in demo_life.NOT_SIGNED_YET:
            _present(index, commune, people, today)
    demo_life.load(people, today)
    demo_meetings.load(today, people)


def _before(index: int, commune: Commune, people: dict[str, User]) -> None:
    """Record the agreement of the former legislature, which goes on until the present one replaces it."""
    is_last = commune.nis == LAST_TO_SIGN
    draft = Convention(
        commune=commune,
        reference="CC-2020-01" if is_last else f"CC-2019-{index + 1:02d}",
        in_force_from=date(2020, 3, 24) if is_last else date(2019, 5 + index % 7, 1),
    )
    _record(draft, people, ("data", "development", "chantier"))


def _present(index: int, commune: Commune, people: dict[str, User], today: date) -> None:
    """Record the agreement of the present legislature."""
    draft = Convention(
        commune=commune,
        reference=f"CC-2025-{index + 1:02d}",
        in_force_from=date(2025, 4 + index % 3, 1),
        in_force_until=_last_day(commune.nis, today),
        notice_months=3 if commune.nis == TACIT else 6,
    )
    without = {"chantier"} if commune.nis == WITHOUT_ROADWORKS else set()
    _record(draft, people, tuple(row.code for row in THEMES if row.code not in without))


def _last_day(nis: str, today: date) -> date | None:
    if nis == TACIT:
        return None
    if nis == NOTICE_PERIOD:
        # The end of a month, four to five months from now: six months' notice has begun.
        return min(months_after(today.replace(day=1), 5) - ONE_DAY, LEGISLATURE)
    return LEGISLATURE


def _record(draft: Convention, people: dict[str, User], codes: tuple[str, ...]) -> None:
    """Save a draft with its themes and signatories, and take it in as if on the day after the last signature."""
    first_day = draft.in_force_from
    if first_day is None:
        raise ValueError("an agreement of the demonstration has a first day")
    draft.council_decided_on = first_day - timedelta(days=34)
    draft.save()
    outline.fill(draft, people["lead"])
    ConventionTheme.objects.bulk_create(_theme(draft, row_code) for row_code in codes)
    Signatory.objects.bulk_create(_signatories(draft, first_day, people["director"]))
    draft.record(by=people["lead"])
    at = {"at": moment(first_day - timedelta(days=8))}
    former = ConventionEvent.objects.filter(subject=draft.predecessor, verb="supersede")
    written = ArticleRevision.objects.filter(convention=draft)
    set_back((ConventionEvent.objects.filter(subject=draft), at), (former, at), (written, at))


def _theme(draft: Convention, code: str) -> ConventionTheme:
    text = next(row for row in THEMES if row.code == code)
    has_more = code == "chantier" and draft.commune_id in REGIONAL_ROADS
    return ConventionTheme(
        convention=draft,
        theme_id=code,
        modality_fr=f"{text.modality_fr}\n\n{REGIONAL_ROADS_FR}" if has_more else text.modality_fr,
        modality_nl=f"{text.modality_nl}\n\n{REGIONAL_ROADS_NL}" if has_more else text.modality_nl,
    )


def _signatories(draft: Convention, first_day: date, director: User) -> list[Signatory]:
    """Return who signed: the bourgmestre of that day, an échevin, the communal secretary, the agency's director."""
    local, regional = first_day - timedelta(days=12), first_day - timedelta(days=9)
    in_office = Mandate.objects.valid(local).filter(commune=draft.commune_id).select_related("user")
    mayor = bourgmestre_of(draft.commune_id, local)
    echevin = in_office.holding("trade").filter(office=Mandate.Office.ECHEVIN).order_by("rank", "pk").first()
    rows = [
        Signatory(office="bourgmestre", user=mayor, name=mayor.full_name, signed_on=local),
        Signatory(office="secretary", name=secretary_of(draft.commune_id), signed_on=local),
        Signatory(office="director", user=director, name=director.full_name, signed_on=regional),
    ]
    if echevin is not None:
        rows.append(
            Signatory(office="echevin", user=echevin.user, name=echevin.user.full_name, signed_on=local)
        )
    for row in rows:
        row.convention = draft
        row.clean()
    return rows
