"""What the demonstration's communes asked in the spring of 2020, and what the Region answered: all of it invented."""

from datetime import date
from typing import Final, NamedTuple


class Raised(NamedTuple):
    """A concern of a commune, in its own words; `day`: when, or how many days ago.

    `reworded`: what a lead writes of a confidential one in a note that is sent.
    """

    nis: str
    day: date | int
    title: str
    text: str
    language: str = "fr"
    is_shareable: bool = True
    urgency: str = "normal"
    reworded: str = ""


class Told(NamedTuple):
    """An answer, and the question that it answers for all communes."""

    text_fr: str
    text_nl: str
    question_fr: str = ""
    question_nl: str = ""


class Subject(NamedTuple):
    """What several communes asked, or one of them: a part of a note."""

    theme: str
    title_fr: str
    title_nl: str
    summary_fr: str
    summary_nl: str
    raised: tuple[Raised, ...]
    told: Told | None = None


class Letter(NamedTuple):
    """A note to the Region with its subjects: the days on which it was sent, answered and closed."""

    addressee: str
    introduction_fr: str
    introduction_nl: str
    subjects: tuple[Subject, ...]
    sent: date | int
    answered: date | int
    closed: date


QUEUES: Final = Subject(
    "opening",
    "Files d’attente devant les commerces",
    "Wachtrijen voor de winkels",
    "Sur les trottoirs étroits, les files bloquent le passage. Les communes demandent qui marque le sol et qui surveille.",
    "Op smalle voetpaden versperren de wachtrijen de doorgang. De gemeenten vragen wie de grond markeert en wie toezicht houdt.",
    (
        Raised("21004", date(2020, 3, 30), "Files devant les supermarchés du centre", "Les files dépassent le coin de la rue dès 9 h. Le commerçant peut-il marquer le trottoir lui-même ?"),
        Raised("21009", date(2020, 3, 31), "Marquage au sol devant les magasins", "Trois commerces ont peint le trottoir. Quelle peinture, et qui l’enlève ensuite ?"),
        Raised("21010", date(2020, 3, 31), "Wachtrijen aan de apotheken", "De wachtrijen staan op het fietspad. Mag de gemeente een parkeerplaats vrijmaken?", "nl"),
        Raised("21013", date(2020, 4, 1), "Files et tensions le samedi", "Deux interventions samedi dans une file. Qui règle l’attente : le magasin ou la police ?", "fr", False, "urgent", reworded="Il faut parfois intervenir dans une file. Qui règle l’attente : le magasin ou la police ?"),
    ),
    Told(
        "Le commerçant organise la file devant chez lui : un marquage à la craie ou au ruban suffit, à 1,50 m. La commune peut libérer une place de stationnement par un arrêté temporaire. La police n’intervient que si le passage est bloqué.",
        "De handelaar regelt de wachtrij voor zijn zaak: een markering met krijt of tape volstaat, om de 1,50 m. De gemeente kan met een tijdelijk besluit een parkeerplaats vrijmaken. De politie komt alleen tussen als de doorgang versperd is.",
        "Qui organise la file d’attente devant un commerce ?",
        "Wie regelt de wachtrij voor een winkel?",
    ),
)  # fmt: skip
TESTS: Final = Subject(
    "health",
    "Tests et masques pour le personnel des commerces",
    "Tests en mondmaskers voor het winkelpersoneel",
    "Le personnel des commerces ouverts demande des masques et un accès aux tests.",
    "Het personeel van de open winkels vraagt mondmaskers en toegang tot tests.",
    (
        Raised("21001", date(2020, 4, 14), "Des masques pour les caissières", "Les commerces d’alimentation n’en trouvent plus. La Région en distribue-t-elle ?", "fr", True, "urgent"),
        Raised("21006", date(2020, 4, 14), "Testen voor winkelpersoneel", "Een bakkerij sloot na één geval. Waar kan het personeel zich laten testen?", "nl"),
        Raised("21012", date(2020, 4, 15), "Tester le personnel des marchés couverts", "Les exposants côtoient des centaines de clients. Sont-ils prioritaires ?"),
        Raised("21015", date(2020, 4, 16), "Un cas dans un magasin d’alimentation", "Un membre du personnel est malade. Faut-il fermer, et qui prévient les clients ?", "fr", False, "urgent", reworded="Quand une personne qui y travaille est malade, le magasin doit-il fermer, et qui prévient les clients ?"),
    ),
    Told(
        "Chaque commune reçoit deux masques par membre du personnel en contact avec le public, à retirer sur rendez-vous. Les tests sont réservés aux personnes qui ont des symptômes, sur prescription. Un magasin où un cas est constaté nettoie et rouvre le lendemain.",
        "Elke gemeente krijgt twee mondmaskers per personeelslid dat met het publiek in contact komt, af te halen na afspraak. Tests zijn voorbehouden aan wie symptomen heeft, op voorschrift. Een winkel met een besmetting reinigt en gaat de volgende dag weer open.",
        "Le personnel des commerces a-t-il droit à des masques et à des tests ?",
        "Heeft winkelpersoneel recht op mondmaskers en tests?",
    ),
)  # fmt: skip
RENTS: Final = Subject(
    "rents",
    "Loyers des commerces fermés",
    "Huur van gesloten handelszaken",
    "Les commerces fermés paient leur loyer sans recettes. Les communes demandent une prime et une médiation.",
    "Gesloten zaken betalen huur zonder inkomsten. De gemeenten vragen een premie en bemiddeling.",
    (
        Raised("21004", date(2020, 4, 20), "Loyers commerciaux au centre", "Des loyers de 4 000 € et aucune recette depuis le 13 mars. Une prime est-elle prévue ?"),
        Raised("21009", date(2020, 4, 20), "Garanties locatives des cafés", "Plusieurs cafés voient leur garantie appelée. Que peuvent-ils opposer au propriétaire ?"),
        Raised("21007", date(2020, 4, 21), "Médiation entre bailleurs et commerçants", "Peut-on renvoyer les commerçants vers un service de médiation gratuit ?"),
        Raised("21016", date(2020, 4, 22), "Un propriétaire refuse tout report", "Le même propriétaire possède onze vitrines d’une rue et refuse d’attendre.", "fr", False, reworded="Un propriétaire de plusieurs vitrines refuse d’attendre."),
    ),
    Told(
        "Une prime unique de 4 000 € est versée à chaque commerce fermé, sur demande en ligne. Pour un report, un modèle de lettre est disponible ; la médiation est gratuite pendant la fermeture.",
        "Elke gesloten zaak krijgt een eenmalige premie van 4.000 €, online aan te vragen. Voor uitstel bestaat een modelbrief; bemiddeling is gratis zolang de sluiting duurt.",
        "Quelle aide pour le loyer d’un commerce fermé ?",
        "Welke hulp is er voor de huur van een gesloten handelszaak?",
    ),
)  # fmt: skip
TERRACES: Final = Subject(
    "terraces",
    "Distance entre les tables des terrasses",
    "Afstand tussen de tafels op de terrassen",
    "Avant la réouverture, les communes demandent une même distance partout, et une procédure pour agrandir les terrasses.",
    "Voor de heropening vragen de gemeenten overal dezelfde afstand, en een procedure om terrassen uit te breiden.",
    (
        Raised("21009", date(2020, 5, 11), "Agrandir les terrasses pour garder la distance", "Peut-on occuper les places de stationnement sans nouveau permis ?"),
        Raised("21013", date(2020, 5, 11), "Quelle distance entre deux tables ?", "Les exploitants lisent 1 m, 1,50 m et 2 m. Que doit dire la commune ?"),
        Raised("21008", date(2020, 5, 12), "Terrassen op het plein", "Drie cafés delen één plein. Hoe verdelen we de ruimte als elke tafel plaats vraagt?", "nl"),
        Raised("21005", date(2020, 5, 12), "Terrasses en zone piétonne", "Les terrasses agrandies empêchent le passage des secours. Quelle largeur garder ?"),
        Raised("21019", date(2020, 5, 13), "Paravents entre les tables", "Un exploitant propose des plexiglas. Sont-ils acceptés à la place de la distance ?"),
    ),
    Told(
        "Les tables sont espacées de 2 m. La commune peut autoriser une extension par simple lettre jusqu’au 31 octobre, en gardant 4 m pour les secours.",
        "De tafels staan 2 m uit elkaar. De gemeente kan een uitbreiding tot 31 oktober met een eenvoudige brief toestaan, mits 4 m vrij blijft voor de hulpdiensten.",
    ),
)  # fmt: skip
TERRACES_AGAIN: Final = Told(
    "Les tables sont espacées de 1,50 m, ou séparées par un écran de 1,80 m de haut. La commune peut autoriser une extension par simple lettre jusqu’au 31 octobre, en gardant 4 m pour les secours.",
    "De tafels staan 1,50 m uit elkaar, of er staat een scherm van 1,80 m hoog tussen. De gemeente kan een uitbreiding tot 31 oktober met een eenvoudige brief toestaan, mits 4 m vrij blijft voor de hulpdiensten.",
    "Quelle distance entre les tables d’une terrasse, et comment l’agrandir ?",
    "Welke afstand moet er zijn tussen de tafels op een terras, en hoe breidt men het uit?",
)
"""What the task force said before the terraces opened: it replaced the first answer."""
MARKETS: Final = Subject(
    "markets",
    "Reprise des marchés hebdomadaires",
    "Herstart van de wekelijkse markten",
    "Combien d’échoppes, quel sens de circulation, et qui compte les visiteurs ?",
    "Hoeveel kramen, welke looprichting, en wie telt de bezoekers?",
    (
        Raised("21001", date(2020, 5, 12), "Le marché du week-end", "Nous avons d’habitude 400 échoppes. Combien peuvent revenir ?", "fr", True, "urgent"),
        Raised("21003", date(2020, 5, 12), "De markt op dinsdag", "Onze markt telt twaalf kramen. Gelden dezelfde regels als voor een grote markt?", "nl"),
        Raised("21014", date(2020, 5, 13), "Compter les visiteurs d’un marché", "La rue a six entrées. Faut-il les fermer toutes ?"),
        Raised("21018", date(2020, 5, 14), "Des exposants qui refusent de porter un masque", "Deux exposants ont été rappelés à l’ordre. Peut-on leur retirer leur place ?", "fr", False, reworded="Des exposants ne portent pas de masque malgré un rappel. Peut-on leur retirer leur place ?"),
    ),
    Told(
        "Un visiteur par 1,50 m d’étal, 50 échoppes au plus, un sens de circulation et une personne qui compte aux entrées. En dessous de quinze échoppes, compter n’est pas obligatoire.",
        "Eén bezoeker per 1,50 m kraam, hoogstens 50 kramen, één looprichting en iemand die telt aan de ingangen. Onder vijftien kramen is tellen niet verplicht.",
        "À quelles conditions un marché peut-il reprendre ?",
        "Onder welke voorwaarden kan een markt opnieuw starten?",
    ),
)  # fmt: skip

LETTERS: Final = (
    Letter(
        "taskforce",
        "Quatre communes posent la même question depuis la fermeture des commerces.",
        "Vier gemeenten stellen sinds de sluiting van de winkels dezelfde vraag.",
        (QUEUES,),
        sent=date(2020, 4, 3), answered=date(2020, 4, 8), closed=date(2020, 4, 24),
    ),
    Letter(
        "taskforce",
        "Les commerces d’alimentation restent ouverts ; leur personnel est inquiet.",
        "De voedingswinkels blijven open; hun personeel is ongerust.",
        (TESTS,),
        sent=date(2020, 4, 17), answered=date(2020, 4, 24), closed=date(2020, 5, 8),
    ),
    Letter(
        "cabinet",
        "Les échéances du 1er mai approchent : une réponse avant cette date aide chaque commune.",
        "De huur van 1 mei komt eraan: een antwoord voordien helpt elke gemeente.",
        (RENTS,),
        sent=date(2020, 4, 23), answered=date(2020, 4, 29), closed=date(2020, 5, 15),
    ),
    Letter(
        "taskforce",
        "Les terrasses et les marchés se préparent à rouvrir. Les communes demandent des règles communes.",
        "Terrassen en markten bereiden hun heropening voor. De gemeenten vragen gemeenschappelijke regels.",
        (TERRACES, MARKETS),
        sent=date(2020, 5, 15), answered=date(2020, 5, 26), closed=date(2020, 6, 19),
    ),
)  # fmt: skip
NOT_VALID_ANY_MORE: Final = "La prime n’est plus accordée depuis le 30 juin 2020. / De premie wordt sinds 30 juni 2020 niet meer toegekend."
"""Why the answer about rents was withdrawn."""
TO_ONE_OF_THEM: Final = Told(
    "Oui : après deux rappels écrits, la commune peut retirer la place pour la durée des mesures.",
    "Ja: na twee schriftelijke aanmaningen kan de gemeente de plaats intrekken zolang de maatregelen gelden.",
)
"""What was said to the last of the concerns about markets alone."""
SOURCE: Final = (
    "Task force : réponse lue en réunion. / Taskforce: antwoord voorgelezen op de vergadering.\n".encode()
)
"""The document from which staff recorded it."""
