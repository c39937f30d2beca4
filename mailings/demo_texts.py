"""Invented editions of the demonstration, in French and in Dutch; names in braces are days of `Edition.days`."""

from typing import Final, NamedTuple


class Words(NamedTuple):
    """One language of an edition."""

    subject: str
    preheader: str
    body: str


class Edition(NamedTuple):
    """An edition; each of its days is so many days after the Monday of its week."""

    days: dict[str, int]
    fr: Words
    nl: Words


WORKS: Final = Edition(
    {"deadline": 14, "until": 152, "meeting": 17},
    Words(
        "Chantiers de voirie : les commerces prévenus six semaines à l’avance",
        "Un calendrier à compléter, un formulaire d’indemnité plus court.",
        """\
Bonjour [[name]],

Cette semaine : une question posée aux 19 communes, deux mesures et une date à retenir.

## Ce que nous vous demandons

Indiquez avant le **{deadline}** les chantiers de plus de 20 jours prévus dans une artère commerçante jusqu’au \
{until} : la rue, les dates, le nombre de commerces touchés. Une réponse par commune suffit, au nom du collège.

Votre contact, [[spoc]], vous aide à dresser la liste.

## Mesures pour les commerces

- **Indemnité chantier** : le formulaire passe de six pages à deux. \
[Le formulaire](https://economie.example/fr/chantiers)
- **Livraisons** : une zone de livraison reste accessible à moins de 150 mètres.

## À l’agenda

Réunion d’information en ligne sur les chantiers : {meeting}, à 10 h.
""",
    ),
    Words(
        "Wegenwerken: handelszaken zes weken vooraf verwittigd",
        "Een kalender om aan te vullen, een korter formulier voor de vergoeding.",
        """\
Beste [[name]],

Deze week: één vraag aan de 19 gemeenten, twee maatregelen en een datum om te noteren.

## Wat wij u vragen

Bezorg ons vóór **{deadline}** de werven van meer dan 20 dagen die tot {until} in een winkelstraat gepland zijn: \
de straat, de datums, het aantal getroffen handelszaken. Eén antwoord per gemeente volstaat, namens het college.

Uw contactpersoon, [[spoc]], helpt u de lijst op te stellen.

## Maatregelen voor de handelszaken

- **Vergoeding bij werken**: het formulier telt nog twee bladzijden in plaats van zes. \
[Het formulier](https://economie.example/nl/chantiers)
- **Leveringen**: er blijft een leverzone op minder dan 150 meter bereikbaar.

## Op de agenda

Online infovergadering over de werven: {meeting}, om 10 uur.
""",
    ),
)
ENERGY: Final = Edition(
    {"opens": 7, "until": 121, "deadline": 15},
    Words(
        "Prime énergie : demande simplifiée ; le 1819 répond aussi le samedi",
        "Deux mesures pour les indépendants, une affiche à relayer.",
        """\
Bonjour [[name]],

Voici ce qui change pour les indépendants de votre commune.

## Mesures de soutien

- **Prime énergie** : la demande se fait en ligne dès le {opens}, sans facture à joindre, et jusqu’au {until}. \
[Conditions et demande](https://economie.example/fr/energie)
- **1819** : le service d’information répond aussi le samedi, de 9 h à 13 h, en français et en néerlandais.

## Ce que nous vous demandons

Relayez l’affiche bilingue dans vos guichets et sur votre site avant le **{deadline}**. \
[Télécharger l’affiche](https://economie.example/fr/energie/affiche)

## Réponse de la Région

Trois communes ont demandé si la prime vaut pour les stands de marché. Oui, si le stand est occupé au moins douze \
jours par mois.
""",
    ),
    Words(
        "Energiepremie: eenvoudiger aan te vragen; 1819 ook op zaterdag bereikbaar",
        "Twee maatregelen voor zelfstandigen, een affiche om te verspreiden.",
        """\
Beste [[name]],

Dit verandert er voor de zelfstandigen van uw gemeente.

## Steunmaatregelen

- **Energiepremie**: de aanvraag verloopt online vanaf {opens}, zonder factuur als bijlage, en tot {until}. \
[Voorwaarden en aanvraag](https://economie.example/nl/energie)
- **1819**: de infodienst antwoordt ook op zaterdag, van 9 tot 13 uur, in het Nederlands en het Frans.

## Wat wij u vragen

Verspreid de tweetalige affiche aan uw loketten en op uw website vóór **{deadline}**. \
[De affiche downloaden](https://economie.example/nl/energie/affiche)

## Antwoord van het Gewest

Drie gemeenten vroegen of de premie ook geldt voor marktkramen. Ja, als de kraam minstens twaalf dagen per maand \
bezet is.
""",
    ),
)
TERRACES: Final = Edition(
    {"from": 17, "until": 101, "deadline": 9, "round_table": 24},
    Words(
        "Terrasses et marchés du soir : horaires élargis à l’essai",
        "Un essai de douze semaines, auquel chaque commune peut se joindre.",
        """\
Bonjour [[name]],

La Région ouvre un essai que plusieurs d’entre vous demandaient.

## L’essai en trois points

1. Les terrasses restent ouvertes jusqu’à 23 h du jeudi au samedi, dès le {from}.
2. Les marchés du soir peuvent durer jusqu’à 22 h, riverains prévenus par courrier.
3. L’essai prend fin le {until} ; un rapport suit.

## Ce que nous vous demandons

Dites-nous avant le **{deadline}** si votre commune participe et dans quels quartiers. Sans réponse, vos horaires \
ne changent pas.

## À l’agenda

Table ronde des échevines et échevins du Commerce : {round_table}, à 14 h, en ligne. Le programme suit sur le site \
de [hub.brussels](https://hub.brussels/fr/).
""",
    ),
    Words(
        "Terrassen en avondmarkten: ruimere uren bij wijze van proef",
        "Een proef van twaalf weken, waaraan elke gemeente kan deelnemen.",
        """\
Beste [[name]],

Het Gewest start een proef waar verschillende gemeenten om vroegen.

## De proef in drie punten

1. De terrassen blijven van donderdag tot zaterdag open tot 23 uur, vanaf {from}.
2. De avondmarkten mogen duren tot 22 uur; de buurt wordt per brief verwittigd.
3. De proef eindigt op {until}; er volgt een verslag.

## Wat wij u vragen

Laat ons vóór **{deadline}** weten of uw gemeente deelneemt en in welke wijken. Zonder antwoord blijven uw uren \
ongewijzigd.

## Op de agenda

Rondetafel van de schepenen van Handel: {round_table}, om 14 uur, online. Het programma volgt op de website van \
[hub.brussels](https://hub.brussels/nl/).
""",
    ),
)
LIGHTS: Final = Edition(
    {"deadline": 18, "from": 14, "round_table": 17},
    Words(
        "Rues en travaux : la Région accepte l’éclairage provisoire",
        "Une réponse à cinq communes, une enquête sur les cellules vides, un rappel.",
        """\
Bonjour [[name]],

Cinq communes avaient posé la question ; voici la réponse, et ce qui reste à faire.

## Réponse de la Région

L’éclairage provisoire des artères commerçantes est pris en charge dès le {from}, pour tout chantier de plus de \
29 jours. La demande se joint au dossier de chantier. [La note d’information](https://mobilite.example/fr/eclairage)

## Ce que nous vous demandons

Complétez avant le **{deadline}** l’enquête sur les cellules commerciales vides : dix questions, dix minutes. \
[L’enquête](https://enquete.example/fr/cellules-vides)

## Rappel

- Table ronde des échevines et échevins du Commerce : {round_table}, à 14 h, en ligne.
- Un commerçant en difficulté ? Le 1819 l’oriente en toute discrétion.
""",
    ),
    Words(
        "Straten in aanleg: het Gewest aanvaardt tijdelijke verlichting",
        "Een antwoord aan vijf gemeenten, een enquête over leegstand, een herinnering.",
        """\
Beste [[name]],

Vijf gemeenten hadden de vraag gesteld; hier is het antwoord, en wat er nog moet gebeuren.

## Antwoord van het Gewest

De tijdelijke verlichting van winkelstraten wordt vanaf {from} ten laste genomen, voor elke werf van meer dan \
29 dagen. De aanvraag gaat samen met het werfdossier. [De infonota](https://mobilite.example/nl/eclairage)

## Wat wij u vragen

Vul vóór **{deadline}** de enquête over de leegstaande handelspanden in: tien vragen, tien minuten. \
[De enquête](https://enquete.example/nl/cellules-vides)

## Herinnering

- Rondetafel van de schepenen van Handel: {round_table}, om 14 uur, online.
- Een handelaar in moeilijkheden? 1819 wijst discreet de weg.
""",
    ),
)
THIS_WEEK: Final = Edition(
    {"deadline": 11, "until": 128, "round_table": 10, "sunday": 20},
    Words(
        "Marchés, chantiers et prime énergie : l’essentiel de la semaine",
        "Une question posée aux 19 communes, deux réponses de la Région, la table ronde.",
        """\
Bonjour [[name]],

Voici la semaine en quatre points.

## Ce que nous vous demandons

Indiquez avant le **{deadline}** les dates de vos prochains marchés et la personne à joindre ce jour-là. Deux \
minutes suffisent : [répondre](https://enquete.example/fr/marches). Votre contact, [[spoc]], peut le faire avec vous.

## Mesures de soutien

- **Prime énergie** : la prime pour les indépendants est prolongée jusqu’au {until}.
- **Ouverture du dimanche** : autorisée dans les quartiers qui l’ont demandée, le {sunday} compris.

## Réponses de la Région

- L’éclairage provisoire vaut aussi pour les chantiers des impétrants.
- L’indemnité chantier est versée dans les 30 jours. \
[Le suivi d’un dossier](https://economie.example/fr/chantiers)

## À l’agenda

Table ronde des échevines et échevins du Commerce : {round_table}, à 14 h, en ligne.
""",
    ),
    Words(
        "Markten, werven en energiepremie: het belangrijkste van de week",
        "Een vraag aan de 19 gemeenten, twee antwoorden van het Gewest, de rondetafel.",
        """\
Beste [[name]],

Dit is de week in vier punten.

## Wat wij u vragen

Bezorg ons vóór **{deadline}** de datums van uw volgende markten en wie die dag bereikbaar is. Twee minuten volstaan: \
[antwoorden](https://enquete.example/nl/marches). Uw contactpersoon, [[spoc]], kan het samen met u doen.

## Steunmaatregelen

- **Energiepremie**: de premie voor zelfstandigen wordt verlengd tot {until}.
- **Zondagsopening**: toegelaten in de wijken die erom vroegen, ook op {sunday}.

## Antwoorden van het Gewest

- De tijdelijke verlichting geldt ook voor werven van nutsbedrijven.
- De vergoeding bij werken wordt binnen 30 dagen uitbetaald. \
[Een dossier opvolgen](https://economie.example/nl/chantiers)

## Op de agenda

Rondetafel van de schepenen van Handel: {round_table}, om 14 uur, online.
""",
    ),
)
PAST: Final = (WORKS, ENERGY, TERRACES, LIGHTS)
"""One for each of the four weeks before, the oldest first."""
