"""An edition for tests, in French and Dutch, and recipients whose data is not simple."""

from datetime import UTC, date, datetime

from mailings.letter import Frame, Letter, Text, letter
from mailings.letter.headers import common_headers, own_headers

BASE = "https://portal.example"
TOKEN = "q3J-0aZ_9kLmNoPqRsTuVw"
FRAME = Frame(47, date(2026, 11, 20), date(2026, 11, 19), BASE, "contact@hub.example")
MOMENT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SENDER = "Partenariats locaux – hub.brussels <mailing@portal.example>"

FRENCH = Text(
    "fr",
    "Marchés de fin d’année : terrasses chauffées, horaires et guichet unique",
    "Une question avant le 30 novembre, trois mesures de soutien, une réponse de la Région.",
    """Madame, Monsieur,
voici l’essentiel de la semaine en trois points, pour [[commune]].

## 1. Ce que nous vous demandons
Indiquez **avant le lundi 30 novembre** les dates de votre marché de fin d’année et la personne de contact.

[Répondre en deux minutes](https://portal.example/fr/requests/new/)

## 2. Mesures de soutien pour les commerçants
- **Terrasses chauffées :** autorisation prolongée jusqu’au 28 février 2027.
- **Horaires :** ouverture possible le dimanche, du 6 au 27 décembre.
- **Guichet unique :** le 1819 répond aussi le samedi matin.

| Mesure | Jusqu’au |
|---|---|
| Terrasses chauffées | 28 février 2027 |
| Horaires | 27 décembre 2026 |

## 3. Réponse de la Région
Cinq communes ont demandé un éclairage provisoire dans les artères commerçantes en travaux. La task force régionale \
l’accepte pour tout chantier de plus de 29 jours. [Lire la réponse à la note 2026/09](https://1819.brussels/fr/note?a=1&b=2)

### Pour en parler
> Appelez [[spoc]] : c’est la personne qui suit votre dossier.
""",
)
DUTCH = Text(
    "nl",
    "Eindejaarsmarkten: verwarmde terrassen, openingsuren en één loket",
    "Een vraag vóór 30 november, drie steunmaatregelen, een antwoord van het Gewest.",
    """Mevrouw, mijnheer,
hier vindt u het belangrijkste van deze week in drie punten, voor [[commune]].

## 1. Wat wij u vragen
Bezorg ons **vóór maandag 30 november** de data van uw eindejaarsmarkt en de contactpersoon.

[Antwoorden in twee minuten](https://portal.example/nl/requests/new/)

## 2. Steunmaatregelen voor de handelaars
- **Verwarmde terrassen:** vergunning verlengd tot 28 februari 2027.
- **Openingsuren:** open op zondag mogelijk van 6 tot 27 december.
- **Eén loket:** 1819 antwoordt ook op zaterdagochtend.

| Maatregel | Tot |
|---|---|
| Verwarmde terrassen | 28 februari 2027 |
| Openingsuren | 27 december 2026 |

## 3. Antwoord van het Gewest
Vijf gemeenten vroegen tijdelijke verlichting in winkelstraten met werken. De gewestelijke taskforce aanvaardt dat \
voor elke werf van meer dan 29 dagen. [Het antwoord op nota 2026/09 lezen](https://1819.brussels/nl/note?a=1&b=2)

### Hierover praten
> Bel [[spoc]]: die volgt uw dossier op.
""",
)
EDITIONS = {"fr": [FRENCH], "nl": [DUTCH], "both": [DUTCH, FRENCH]}

VALUES = {
    "name": "Nadia Claessens",
    "token": TOKEN,
    "for_fr": "Destiné à Nadia Claessens, échevine du Commerce, Ixelles",
    "for_nl": "Bestemd voor Nadia Claessens, schepen van Handel, Elsene",
    "about_fr": "Vous recevez ce message en raison de votre mandat (échevine du Commerce, Ixelles).",
    "about_nl": "U ontvangt dit bericht vanwege uw mandaat (schepen van Handel, Elsene).",
    "office_fr": "échevine du Commerce",
    "office_nl": "schepen van Handel",
    "commune_fr": "Ixelles",
    "commune_nl": "Elsene",
    "spoc": "Margaux Delvigne",
    "caller_contact": "02 000 00 18, spoc.ixelles@hub.example",
    "caller_email": "spoc.ixelles@hub.example",
}
ODD_NAMES = [
    "Zoé d’Hœst-Łukasiewicz",
    "Ça va 🐝👩🏽‍💼 été",
    "\"Q\" & 'R' <b>fort</b>",
    "[[spoc]]",
    "[[ name ]] [[token]] {{ x }} {x.__class__} %s %(name)s",
    "=3D =\\ =E9",
    "a" * 985,
    "é" * 985,
    "mot " * 400,
    "deux\r\nlignes\u2028et\x0bplus",
    "",
    "\N{NO-BREAK SPACE}",
]
"""Names that nobody has, and that a build which takes a short way would spoil."""


def edition(key: str) -> Letter:
    """Return the letter: "fr", "nl", or "both"."""
    return letter(EDITIONS[key], FRAME)


def common(key: str) -> dict[str, str]:
    """Return the headers that all its messages share."""
    return common_headers(edition(key).languages, BASE, SENDER, "contact@hub.example")


def own(key: str, address: str = "nadia@ixelles.example") -> dict[str, str]:
    """Return the headers of one message."""
    return own_headers(address, TOKEN, "<47.1@portal.example>", MOMENT, edition(key).languages, BASE)


def called(name: str) -> dict[str, str]:
    """Return the values of a recipient of that name, whose caller is called so too."""
    odd = dict.fromkeys(("name", "spoc", "office_fr", "commune_nl"), name)
    return {**VALUES, **odd, "for_fr": f"Destiné à {name}, Ixelles", "for_nl": f"Bestemd voor {name}, Elsene"}
