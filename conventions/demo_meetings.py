"""The demonstration's meetings: one commune with a history and open actions, one whose meeting spoke Dutch only."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from conventions.current import current
from conventions.following import usual_people
from conventions.models import Convention, Evaluation, MeetingAction, Person, SteeringMeeting, Todo
from hubportal.accounts.models import User

TELLS_A_STORY, DUTCH_ONLY = "21001", "21010"


@dataclass(frozen=True)
class DemoMeeting:
    """A meeting so many days from today; `excused` are the places of those who sent word among the usual people."""

    day: int
    place: str
    minutes_fr: str = ""
    minutes_nl: str = ""
    excused: tuple[int, ...] = ()
    todo: tuple[tuple[str, int, int], ...] = ()
    """What, by whom (a place among the usual people), so many days from today."""
    done: int = 0
    """How many of them are done."""


STORY: Final = (
    DemoMeeting(
        -395, "Maison communale",
        "Première réunion de la nouvelle convention : les personnes de contact et les thématiques sont présentées.",
        "Eerste vergadering van de nieuwe overeenkomst: de contactpersonen en de thema’s worden voorgesteld.",
        (), (("Désigner une personne de contact pour les chantiers", 1, -370),), 1,
    ),
    DemoMeeting(
        -210, "Maison communale",
        "## Diagnostic commercial\n\nL’agence présente le relevé des commerces de la chaussée de Mons.\n\n"
        "## Chantiers\n\nLa commune annonce ses chantiers de l’année ; trois dépassent 29 jours.",
        "## Handelsdiagnose\n\nHet agentschap stelt de inventaris van de handelszaken van de Bergensesteenweg voor.\n\n"
        "## Werken\n\nDe gemeente kondigt haar werken van het jaar aan; drie duren langer dan 29 dagen.",
        (1,), (("Envoyer le diagnostic à l’association des commerçants", 2, -170),), 1,
    ),
    DemoMeeting(
        -38, "hub.brussels, chaussée de Charleroi",
        "## Quartier de Cureghem\n\nLe plan d’action est discuté avec les commerçants au printemps.\n\n"
        "## Cellules vides\n\n- onze cellules vides rue Wayez ;\n- l’agence cherche trois enseignes.",
        "## Kuregemwijk\n\nHet actieplan wordt in het voorjaar met de handelaars besproken.\n\n"
        "## Leegstaande panden\n\n- elf leegstaande panden in de Wayezstraat;\n- het agentschap zoekt drie winkels.",
        (),
        (
            ("Transmettre la liste des cellules vides de la rue Wayez", 1, -9),
            ("Proposer trois enseignes pour la rue Wayez", 2, 24),
            ("Inviter les commerçants de Cureghem", 0, -20),
        ),
        1,
    ),
    DemoMeeting(19, "Maison communale", todo=(("Préparer l’ordre du jour", 2, 12),)),
)  # fmt: skip
DUTCH: Final = (
    DemoMeeting(
        -64, "Gemeentehuis",
        minutes_nl="De werken in de Leopold I-straat worden in **twee fasen** uitgevoerd. Het agentschap informeert de "
        "handelaars vóór elke fase.",
        todo=(("De planning van fase 2 bezorgen", 0, 40),),
    ),
)  # fmt: skip
YEAR: Final = {
    "text_fr": "L’année a été consacrée au diagnostic et aux chantiers. La commune a introduit ses demandes à temps.",
    "text_nl": "Het jaar stond in het teken van de diagnose en de werken. De gemeente diende haar aanvragen tijdig in.",
    "conclusions_fr": "- annoncer les chantiers trois mois à l’avance ;\n- se réunir deux fois par an.",
    "conclusions_nl": "- de werken drie maanden vooraf aankondigen;\n- twee keer per jaar vergaderen.",
}


def load(today: date, people: dict[str, User]) -> None:
    """Record the meetings and the evaluation, through the same verbs as real ones."""
    found = current(people["lead"], [TELLS_A_STORY, DUTCH_ONLY], today)
    for nis, meetings in ((TELLS_A_STORY, STORY), (DUTCH_ONLY, DUTCH)):
        for meeting in meetings:
            if nis in found:
                _record(found[nis], meeting, today, people["lead"])
    convention = found.get(TELLS_A_STORY)
    if convention is not None and today.year - 1 in Evaluation.years_of(convention):
        Evaluation.objects.write(
            convention=convention, year=today.year - 1, by=people["lead"], version=0, **YEAR
        )


def _record(convention: Convention, meeting: DemoMeeting, today: date, lead: User) -> None:
    held_on = today + timedelta(days=meeting.day)
    if convention.signed_on is None or held_on < convention.signed_on:
        return
    usual = usual_people(convention, lead)
    people = [
        person._replace(presence="excused" if place in meeting.excused else "present")
        for place, person in enumerate(usual)
    ]
    todo = [Todo(what, _name(usual, place), today + timedelta(days=due)) for what, place, due in meeting.todo]
    row = SteeringMeeting.objects.record(
        convention=convention, by=lead, held_on=held_on, place=meeting.place,
        minutes_fr=meeting.minutes_fr, minutes_nl=meeting.minutes_nl, people=people, todo=todo,
    )  # fmt: skip
    done = row.actions.order_by("due_on", "pk").values("pk")[: meeting.done]
    MeetingAction._base_manager.filter(pk__in=done).update(done_on=held_on + timedelta(days=15))


def _name(usual: list[Person], place: int) -> str:
    return usual[min(place, len(usual) - 1)].name
