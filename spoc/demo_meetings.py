"""The demonstration's steering meetings: of some roadworks one that was held, and one next week."""

from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple

from django.utils import timezone

from hubportal.businessdays import add_business_days
from spoc import deadlines
from spoc.models import Kind, Meeting, MeetingEvent, ServiceRequest


class Words(NamedTuple):
    """What is said of a meeting, in one language."""

    place: str
    invited: str
    agenda: str
    minutes: str
    next_agenda: str


WORDS: Final = {
    "fr": Words(
        place="Maison communale, salle du premier étage",
        invited="Le maître d’ouvrage\nL’entrepreneur\nL’association des commerçants",
        agenda="- Phasage et accès aux commerces\n- Livraisons et stationnement\n- Information des commerçants",
        minutes=(
            "## Phasage\n\nL’entrepreneur garde un passage piéton de 1,50 m devant chaque vitrine. Les livraisons se "
            "font avant 10 h par la rue voisine.\n\n## Décisions\n\n- Des panneaux aux deux entrées de la rue : la "
            "commune.\n- Une lettre d’information par phase : hub.brussels.\n- Un numéro "
            "d’appel unique pendant les travaux : l’entrepreneur."
        ),
        next_agenda="- Suivi des décisions\n- Calendrier de la phase suivante\n- Questions des commerçants",
    ),
    "nl": Words(
        place="Gemeentehuis, zaal op de eerste verdieping",
        invited="De opdrachtgever\nDe aannemer\nDe handelaarsvereniging",
        agenda="- Fasering en toegang tot de winkels\n- Leveringen en parkeren\n- Informatie voor de handelaars",
        minutes=(
            "## Fasering\n\nDe aannemer houdt voor elke etalage een doorgang van 1,50 m vrij. Leveringen gebeuren "
            "vóór 10 uur via de straat ernaast.\n\n## Beslissingen\n\n- Borden “Winkels open” aan beide kanten van "
            "de straat: de gemeente.\n- Een nieuwsbrief per fase: hub.brussels.\n- Eén oproepnummer tijdens de "
            "werken: de aannemer."
        ),
        next_agenda="- Opvolging van de beslissingen\n- Planning van de volgende fase\n- Vragen van de handelaars",
    ),
}


def load(rows: list[ServiceRequest], today: date) -> None:
    """Let both parties of every third of these roadworks meet: the day after it was accepted, and next week."""
    for number, row in enumerate([row for row in rows if row.kind == Kind.CHANTIER][::3]):
        words = WORDS["nl" if row.created_by.content_language == "nl" else "fr"]
        begun = timezone.localdate(row.accepted_at)
        held = _at(add_business_days(begun, 1), 14)
        if held.date() < today:
            _held(row, words, held)
        # Not so near that its reminder is due.
        day = add_business_days(today + timedelta(days=6), number % 3)
        Meeting.objects.create(
            **_usual(row, words), starts_at=_at(day, 10), agenda=words.next_agenda, planned_side="commune",
            planned_by=row.created_by, planned_at=timezone.now() - timedelta(days=1),
        )  # fmt: skip


def _held(row: ServiceRequest, words: Words, at: datetime) -> None:
    person, written = deadlines.held(row.assigned_to), min(at + timedelta(days=1), timezone.now())
    meeting = Meeting.objects.create(
        **_usual(row, words), starts_at=at, agenda=words.agenda, planned_side="agency", status="held",
        planned_by=person, planned_at=deadlines.held(row.accepted_at), minutes=words.minutes, held_at=written,
    )  # fmt: skip
    MeetingEvent.objects.create(
        subject=meeting, verb="hold", source="planned", target="held", at=written, by=person
    )


def _usual(row: ServiceRequest, words: Words) -> dict[str, object]:
    return {"request": row, "place": words.place, "invited": words.invited}


def _at(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))
