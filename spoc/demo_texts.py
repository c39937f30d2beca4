"""Invented words of the demonstration: what communes and the agency ask of each other, in French and in Dutch."""

from typing import Final, NamedTuple


class Words(NamedTuple):
    """A request in one language; `{place}` is a district. `result` is the title of what is delivered."""

    title: str
    description: str
    detail: str
    result: str


class Topic(NamedTuple):
    """Something asked for."""

    kind: str
    fr: Words
    nl: Words


TOPICS: Final = (
    Topic(
        "audit",
        Words(
            "Vacance commerciale, {place}",
            "Connaître l’évolution de la vacance depuis trois ans, rue par rue.",
            "Cellules vides et durée",
            "Relevé de la vacance, {place}",
        ),
        Words(
            "Winkelleegstand, {place}",
            "Weten hoe de leegstand de voorbije drie jaar is geëvolueerd, straat per straat.",
            "Lege panden en duur",
            "Overzicht van de leegstand, {place}",
        ),
    ),
    Topic(
        "audit",
        Words(
            "Comparer nos terrasses avec trois communes",
            "Savoir quels règlements et quels tarifs appliquent les communes voisines.",
            "Règlements de terrasse",
            "Tableau comparatif des règlements",
        ),
        Words(
            "Onze terrassen met drie gemeenten vergelijken",
            "Weten welke reglementen en tarieven de buurgemeenten toepassen.",
            "Terrasreglementen",
            "Vergelijkende tabel van de reglementen",
        ),
    ),
    Topic(
        "audit",
        Words(
            "Flux de passants, {place}",
            "Mesurer le passage en semaine et le samedi, avant de choisir l’emplacement du marché.",
            "Comptages de passants",
            "Note sur les flux, {place}",
        ),
        Words(
            "Passantenstromen, {place}",
            "Het aantal passanten in de week en op zaterdag meten, voor de plaats van de markt wordt gekozen.",
            "Passantentellingen",
            "Nota over de stromen, {place}",
        ),
    ),
    Topic(
        "audit",
        Words(
            "Guide pratique pour les nouveaux commerçants",
            "Remettre à chaque ouverture un guide clair : autorisations, terrasses, déchets.",
            "Guide existant à adapter",
            "Guide du nouveau commerçant",
        ),
        Words(
            "Praktische gids voor nieuwe handelaars",
            "Bij elke opening een duidelijke gids overhandigen: vergunningen, terrassen, afval.",
            "Bestaande gids om aan te passen",
            "Gids voor de nieuwe handelaar",
        ),
    ),
    Topic(
        "development",
        Words(
            "Relancer l’association de commerçants, {place}",
            "Le bureau s’est dispersé. Nous cherchons une méthode et un premier rendez-vous.",
            "Quarante commerces, plus de réunion depuis un an",
            "Feuille de route pour l’association",
        ),
        Words(
            "De handelaarsvereniging nieuw leven inblazen, {place}",
            "Het bestuur viel uiteen. Wij zoeken een aanpak en een eerste afspraak.",
            "Veertig winkels, al een jaar geen vergadering",
            "Stappenplan voor de vereniging",
        ),
    ),
    Topic(
        "development",
        Words(
            "Nouvel élan commercial, {place}",
            "Deux enseignes sont parties. Quelles activités attirer, et avec quels partenaires ?",
            "Une cellule sur cinq est vide",
            "Diagnostic et cinq pistes, {place}",
        ),
        Words(
            "{place} weer aantrekkelijk maken",
            "Twee ketens zijn vertrokken. Welke zaken trekken we aan, en met welke partners?",
            "Eén pand op vijf staat leeg",
            "Diagnose en vijf sporen, {place}",
        ),
    ),
    Topic(
        "development",
        Words(
            "Créer une association, {place}",
            "Quinze commerçants se sont dits prêts. Quels statuts, quel budget la première année ?",
            "Pas d’association dans ce quartier",
            "Modèle de statuts et budget type",
        ),
        Words(
            "Een vereniging oprichten, {place}",
            "Vijftien handelaars zijn bereid. Welke statuten, welk budget in het eerste jaar?",
            "Geen vereniging in deze wijk",
            "Modelstatuten en voorbeeldbudget",
        ),
    ),
    Topic(
        "development",
        Words(
            "Éclairage de fin d’année à frais partagés",
            "Monter un achat groupé avec les associations, sans alourdir leur budget.",
            "Trois associations concernées",
            "Note sur l’achat groupé",
        ),
        Words(
            "Eindejaarsverlichting met gedeelde kosten",
            "Een groepsaankoop opzetten met de verenigingen, zonder hun budget te belasten.",
            "Drie betrokken verenigingen",
            "Nota over de groepsaankoop",
        ),
    ),
    Topic(
        "chantier",
        Words(
            "Renouvellement des égouts, {place}",
            "Aider les commerçants à rester visibles et les informer chaque semaine.",
            "Rue des Aubépines, du n° 12 au n° 96",
            "Plan d’action, {place}",
        ),
        Words(
            "Vernieuwing van de riolering, {place}",
            "De handelaars helpen om zichtbaar te blijven en hen elke week informeren.",
            "Meidoornstraat, nr. 12 tot 96",
            "Actieplan, {place}",
        ),
    ),
    Topic(
        "chantier",
        Words(
            "Déviation du tram, {place}",
            "L’arrêt est déplacé pendant les travaux. Garder un accès clair aux commerces.",
            "Place du Marronnier, côté pair",
            "Signalétique d’accès, {place}",
        ),
        Words(
            "Omleiding van de tram, {place}",
            "De halte verhuist tijdens de werken. De winkels vlot bereikbaar houden.",
            "Kastanjeplein, even kant",
            "Bewegwijzering, {place}",
        ),
    ),
    Topic(
        "chantier",
        Words(
            "Réaménagement de la voirie, phase 2, {place}",
            "Les livraisons seront difficiles. Prévoir des zones et des heures avec le maître d’ouvrage.",
            "Avenue du Verger, du carrefour au n° 140",
            "Plan des livraisons, {place}",
        ),
        Words(
            "Heraanleg van de weg, fase 2, {place}",
            "Leveren wordt moeilijk. Zones en uren met de bouwheer afspreken.",
            "Boomgaardlaan, van het kruispunt tot nr. 140",
            "Leveringsplan, {place}",
        ),
    ),
    Topic(
        "chantier",
        Words(
            "Chantier coordonné, {place}",
            "Trois impétrants se suivent. Un seul calendrier pour les commerçants.",
            "Chaussée des Saules, sur toute la longueur",
            "Calendrier commun, {place}",
        ),
        Words(
            "Gecoördineerde werf, {place}",
            "Drie nutsbedrijven volgen elkaar op. Eén kalender voor de handelaars.",
            "Wilgensteenweg, over de hele lengte",
            "Gemeenschappelijke kalender, {place}",
        ),
    ),
)
ASKED_OF_COMMUNES: Final = Topic(
    "audit",
    Words(
        "Liste des terrasses autorisées",
        "Mettre à jour l’observatoire avec les autorisations de cette année.",
        "Autorisations de l’année",
        "Liste des terrasses",
    ),
    Words(
        "Lijst van de vergunde terrassen",
        "Het observatorium bijwerken met de vergunningen van dit jaar.",
        "Vergunningen van het jaar",
        "Lijst van de terrassen",
    ),
)


class Phrases(NamedTuple):
    """What is said on the way, in one language."""

    welcome: str
    question: str
    answer: str
    result: str
    declined: str
    closed: str
    reopened: str
    withdrawn: str
    evaluation: str
    authority: str


PHRASES: Final = {
    "fr": Phrases(
        "Bien reçu. Je vous appelle cette semaine pour préciser le périmètre.",
        "Pouvez-vous nous envoyer le plan de la zone, même provisoire ?",
        "Voici les rues concernées : les deux côtés, jusqu’au carrefour.",
        "Le document reprend la méthode, les résultats et trois recommandations.",
        "Nous n’avons pas ces chiffres. L’observatoire régional les publie en mars : nous vous y renvoyons.",
        "Cette aide relève de Bruxelles Économie et Emploi. Votre contact là-bas est prévenu.",
        "Il manque la rue parallèle dans le relevé.",
        "Le projet est reporté à l’an prochain.",
        "Deux commerces ont réduit leurs heures, aucun n’a fermé. Les panneaux ont été utiles.",
        "Commune, service des travaux publics",
    ),
    "nl": Phrases(
        "Goed ontvangen. Ik bel u deze week om de zone af te bakenen.",
        "Kunt u ons het plan van de zone bezorgen, ook al is het voorlopig?",
        "Dit zijn de straten: beide kanten, tot aan het kruispunt.",
        "Het document bevat de methode, de resultaten en drie aanbevelingen.",
        "Wij hebben deze cijfers niet. Het gewestelijk observatorium publiceert ze in maart: wij verwijzen u door.",
        "Voor deze steun is Brussel Economie en Werkgelegenheid bevoegd. Uw contactpersoon daar is op de hoogte.",
        "De parallelstraat ontbreekt in het overzicht.",
        "Het project is uitgesteld tot volgend jaar.",
        "Twee winkels hebben hun uren ingekort, geen enkele is gesloten. De borden waren nuttig.",
        "Gemeente, dienst openbare werken",
    ),
}  # fmt: skip
NOTE: Final = "Vu avec la collègue de l’observatoire : les chiffres arrivent jeudi."
OUTSIDE: Final = {
    "fr": "Aucune convention n’était en vigueur à cette date.",
    "nl": "Op die datum was er geen overeenkomst van kracht.",
}
FILE: Final = b"rue;cellules;vides\nRue des Aub\xc3\xa9pines;48;6\nPlace du Marronnier;22;3\n"

HANDOVER: Final = """\
L’échevine préfère le téléphone, le matin. Son cabinet attend nos chiffres avant le prochain collège : c’est promis.

Chantier : l’association des commerçants est prévenue, mais le plan de déviation n’est pas encore confirmé. \
Rappelez le service des travaux si rien n’est arrivé mercredi.

Ce qui peut attendre mon retour : le relevé des cellules vides.\
"""
"""What a SPOC leaves to the stand-in."""
VIEWS: Final = (
    ("spoc", "Audits de mes communes", "kind__exact=audit&mine=communes", False),
    ("lead", "Chantiers, tous états", "kind__exact=chantier&state=all", True),
)
"""Whose view, its name, what it narrows down, whether colleagues see it."""
