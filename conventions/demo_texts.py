"""Themes of the demonstration, with their modalities in both languages; the French has its no-break spaces."""

from typing import Final, NamedTuple


class DemoTheme(NamedTuple):
    """A theme with its usual modalities."""

    code: str
    kind: str
    name_fr: str
    name_nl: str
    modality_fr: str
    modality_nl: str


THEMES: Final = (
    DemoTheme(
        "data", "audit",
        "Données et diagnostic commercial", "Gegevens en handelsdiagnose",
        "L’agence met à disposition le relevé des commerces et les flux de chalandise. La commune reçoit **un "
        "diagnostic par an** et peut en demander un second pour un quartier en difficulté.",
        "Het agentschap stelt de inventaris van de handelszaken en de bezoekersstromen ter beschikking. De gemeente "
        "ontvangt **één diagnose per jaar** en kan er een tweede vragen voor een wijk in moeilijkheden.",
    ),
    DemoTheme(
        "development", "development",
        "Développement économique et commercial", "Economische en commerciële ontwikkeling",
        "L’agence accompagne la commune dans :\n\n- le redéploiement d’un quartier commerçant ;\n- la recherche "
        "d’enseignes pour les cellules vides ;\n- la préparation d’un plan d’action avec les commerçants.",
        "Het agentschap begeleidt de gemeente bij:\n\n- de herontplooiing van een handelswijk;\n- het zoeken van "
        "handelszaken voor leegstaande panden;\n- de voorbereiding van een actieplan met de handelaars.",
    ),
    DemoTheme(
        "chantier", "chantier",
        "Soutien en période de chantier", "Ondersteuning tijdens werken",
        "La commune annonce un chantier de plus de 29 jours au moins **trois mois** à l’avance. L’agence informe les "
        "commerçants touchés et propose des mesures avant, pendant et après les travaux.",
        "De gemeente kondigt werken van meer dan 29 dagen minstens **drie maanden** vooraf aan. Het agentschap "
        "informeert de betrokken handelaars en stelt maatregelen voor vóór, tijdens en na de werken.",
    ),
    DemoTheme(
        "merchants", "",
        "Associations de commerçants", "Handelaarsverenigingen",
        "L’agence aide à créer une association et répond à ses questions ; la commune désigne une personne de contact.",
        "Het agentschap helpt bij de oprichting van een vereniging en beantwoordt haar vragen; de gemeente wijst een "
        "contactpersoon aan.",
    ),
    DemoTheme(
        "crisis", "",
        "Information en situation de crise", "Informatie in crisissituaties",
        "L’agence écrit chaque semaine aux bourgmestres et aux échevins du Commerce ; elle relaie leurs préoccupations "
        "à la Région et revient vers eux avec une réponse.",
        "Het agentschap schrijft elke week aan de burgemeesters en de schepenen van Handel; het geeft hun bezorgdheden "
        "door aan het Gewest en komt bij hen terug met een antwoord.",
    ),
)  # fmt: skip

REGIONAL_ROADS_FR: Final = "Les chantiers sur les voiries régionales sont suivis avec Bruxelles Mobilité."
REGIONAL_ROADS_NL: Final = "Werken op gewestwegen worden samen met Brussel Mobiliteit opgevolgd."

# --- What is discussed, and what was amended --------------------------------------------------------------------

Said = tuple[int, int, str, str]
COMMENTS: Final[tuple[Said, ...]] = (
    (
        9, 9, "bourgmestre",
        "Trois mois d’avance ne sont pas toujours possibles pour les chantiers des concessionnaires. Peut-on prévoir "
        "une exception pour les travaux urgents ?",
    ),
    (9, 6, "noe", "Oui : je propose une phrase qui vise les travaux urgents. Voyez la nouvelle version de l’article."),
    (
        6, 5, "bourgmestre",
        "Qui reçoit la demande lorsque le référent est absent ? Le collège souhaite un délai identique dans ce cas.",
    ),
    (12, 3, "bourgmestre", "Merci de préciser ce que l’on entend par « coût particulier »."),
)  # fmt: skip
"""Number of the article, days ago, who (a key of the accounts), what."""
ADDED: Final[tuple[Said, ...]] = (
    (
        9, 6,
        "Lorsque les travaux sont urgents, la commune en informe l’agence dès qu’elle en a connaissance.",
        "Wanneer de werken dringend zijn, brengt de gemeente het agentschap ervan op de hoogte zodra zij ervan weet.",
    ),
)  # fmt: skip
"""Number of the article, days ago, the paragraph that answers a comment, in French and in Dutch."""
CONSENT: Final = "Lettre du collège, reçue par le référent."


class DemoArticle(NamedTuple):
    """An article in both languages."""

    title_fr: str
    title_nl: str
    body_fr: str
    body_nl: str


AMENDMENT: Final = DemoArticle(
    "Marchés et commerce ambulant",
    "Markten en ambulante handel",
    "L’agence accompagne la commune dans la réorganisation d’un marché public.\n\nLa commune lui communique chaque "
    "année le plan de ses marchés.",
    "Het agentschap begeleidt de gemeente bij de reorganisatie van een openbare markt.\n\nDe gemeente bezorgt het elk "
    "jaar het plan van haar markten.",
)
ON_URGENCY: Final = DemoArticle(
    "Demandes urgentes",
    "Dringende aanvragen",
    "Une demande urgente est annoncée par téléphone au SPOC, puis introduite sur le portail.",
    "Een dringende aanvraag wordt telefonisch aan de SPOC gemeld en daarna op het portaal ingediend.",
)
ARTICLE_ON_REQUESTS: Final = 6
AMENDMENT_TO_COME: Final = DemoArticle(
    "Marchés, commerce ambulant et événements",
    "Markten, ambulante handel en evenementen",
    "L’agence accompagne la commune dans la réorganisation d’un marché public et dans l’accueil d’événements "
    "commerciaux.\n\nLa commune lui communique chaque année le plan de ses marchés.",
    "Het agentschap begeleidt de gemeente bij de reorganisatie van een openbare markt en bij het onthaal van "
    "commerciële evenementen.\n\nDe gemeente bezorgt het elk jaar het plan van haar markten.",
)
SIGNED_PDF: Final = b"%PDF-1.7\n% A signed agreement of the demonstration would be here.\n%%EOF\n"
