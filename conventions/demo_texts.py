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
