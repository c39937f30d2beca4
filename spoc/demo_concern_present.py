"""What the demonstration's communes ask at present: days are counted back from today. All of it is invented."""

from typing import Final, NamedTuple

from spoc.demo_concern_texts import Raised, Subject, Told

METRO: Final = Subject(
    "mobility",
    "Commerces le long du chantier du métro",
    "Winkels langs de werf van de metro",
    "Sur tout le tracé, les commerces perdent des clients avant même le début des travaux. Les communes demandent un calendrier commun et une indemnité qui ne se fait pas attendre.",
    "Over het hele tracé verliezen winkels klanten nog voor de werken beginnen. De gemeenten vragen één kalender en een vergoeding die niet op zich laat wachten.",
    (
        Raised("21015", 24, "Chantier du métro : deux ans sans stationnement", "Les commerçants de la place ont appris les dates par la presse. Qui les informe, et quand ?", "fr", True, "urgent"),
        Raised("21006", 22, "Metrowerf: bereikbaarheid van de winkelstraat", "De omleiding loopt langs de school. Kan de levering voor 9 uur blijven?", "nl"),
        Raised("21004", 21, "Indemnité chantier : des mois d’attente", "Le formulaire demande un bilan comptable. Des commerces ferment avant d’être payés."),
        Raised("21007", 20, "Deux commerces annoncent leur départ", "Ils nous demandent de ne pas être nommés. Une avance sur l’indemnité est-elle possible ?", "fr", False, "urgent", reworded="Des commerces annoncent leur départ. Une avance sur l’indemnité est-elle possible ?"),
    ),
)  # fmt: skip
ENERGY: Final = Subject(
    "energy",
    "Contrats d’énergie des commerces de proximité",
    "Energiecontracten van buurtwinkels",
    "Des commerces ont signé des contrats longs au prix fort. Les communes demandent un conseil gratuit et un prix plafond.",
    "Winkels tekenden lange contracten tegen een hoge prijs. De gemeenten vragen gratis advies en een maximumprijs.",
    (
        Raised("21010", 40, "Energiecontracten van bakkers", "Drie bakkers betalen het dubbele van vorig jaar. Bestaat er een gratis adviesdienst?", "nl"),
        Raised("21002", 39, "Factures d’énergie des petits commerces", "Les commerçants ne comprennent pas leurs contrats. Qui peut les relire ?"),
        Raised("21012", 38, "Frigos ouverts et facture d’électricité", "Les épiceries demandent une prime pour fermer leurs frigos."),
        Raised("21017", 37, "Un contrat à prix variable", "Un commerçant doit 11 000 €. Peut-il étaler ?", "fr", False, reworded="Un commerçant doit une forte somme à son fournisseur. Peut-il étaler ?"),
    ),
    Told(
        "Le Facilitateur énergie relit gratuitement le contrat d’un commerce de moins de 50 personnes. Une prime couvre la moitié du prix des portes de frigo. Un plan de paiement se demande au fournisseur, qui doit répondre dans les quinze jours.",
        "De Facilitator energie leest gratis het contract van een zaak met minder dan 50 personen na. Een premie dekt de helft van de prijs van koelkastdeuren. Een afbetalingsplan vraagt men aan de leverancier, die binnen vijftien dagen moet antwoorden.",
        "Qui aide un commerce à relire son contrat d’énergie ?",
        "Wie helpt een winkel zijn energiecontract na te lezen?",
    ),
)  # fmt: skip
SIGNS: Final = Subject(
    "energy",
    "Éclairage des vitrines la nuit",
    "Verlichting van etalages ’s nachts",
    "La commune demande si elle peut imposer une heure d’extinction.",
    "De gemeente vraagt of zij een uur kan opleggen waarop de lichten uitgaan.",
    (Raised("21001", 36, "Éteindre les vitrines après 23 h", "Des riverains le demandent ; les commerçants craignent les vols. Une règle régionale existe-t-elle ?"),),
    Told("", "De gemeente kan een uur opleggen in haar politiereglement; een gewestelijke regel komt er niet voor volgend jaar."),
)  # fmt: skip
"""Answered in one language so far."""
HEATERS: Final = Subject(
    "terraces",
    "Chauffage des terrasses cet hiver",
    "Verwarming van terrassen deze winter",
    "La commune demande une même règle pour les terrasses chauffées.",
    "De gemeente vraagt één regel voor verwarmde terrassen.",
    (Raised("21016", 36, "Terrasses chauffées : une règle commune ?", "D’une commune à l’autre, c’est interdit, toléré ou taxé. Les exploitants ne suivent plus."),),
    Told(
        "Le chauffage électrique est admis sous un auvent ; les parasols au gaz ne le sont plus à partir du 1er avril.",
        "Elektrische verwarming mag onder een luifel; gasstralers mogen vanaf 1 april niet meer.",
    ),
)  # fmt: skip
"""Answered, and not published yet."""
DELIVERIES: Final = Subject(
    "mobility",
    "Livraisons avant 7 h en zone piétonne",
    "Leveringen voor 7 uur in voetgangerszones",
    "",
    "",
    (
        Raised("21009", 12, "Livraisons tôt le matin", "Les camions attendent 7 h moteur allumé devant les logements. Peut-on ouvrir plus tôt aux véhicules électriques ?"),
        Raised("21005", 11, "Horaires de livraison différents d’une rue à l’autre", "La zone continue chez nos voisins, avec d’autres heures."),
        Raised("21011", 10, "Plainte d’un livreur", "Une entreprise nous menace d’un recours et demande que cela reste entre nous.", "fr", False),
    ),
)  # fmt: skip
"""In a note that is being written: the summary is missing, and a confidential concern in other words."""
CARTONS: Final = Subject(
    "mobility",
    "Cartons des commerces sur le trottoir",
    "Karton van winkels op de stoep",
    "La commune demande si la collecte des cartons peut passer après l’ouverture des magasins.",
    "De gemeente vraagt of het karton na het openingsuur van de winkels opgehaald kan worden.",
    (Raised("21014", 9, "Cartons sortis la veille", "La collecte passe à 6 h : les cartons restent toute la nuit sur le trottoir. Peut-elle passer plus tard ?"),),
)  # fmt: skip
"""In a note that is ready to be sent."""


class Others(NamedTuple):
    """Concerns that are in no note, by where they are."""

    to_qualify: tuple[Raised, ...]
    qualified: Raised
    answered: Raised
    closed: Raised
    declined: Raised
    withdrawn: Raised


OTHERS: Final = Others(
    to_qualify=(
        Raised("21001", 1, "Badges d’accès au piétonnier pour les artisans", "Un plombier paie une amende par intervention. Peut-on lui délivrer un badge régional ?", "fr", True, "urgent"),
        Raised("21003", 1, "Leegstand boven de winkels", "Eigenaars laten de verdiepingen leeg omdat er geen aparte ingang is. Bestaat er een premie?", "nl"),
        Raised("21008", 2, "Overlast rond een nachtwinkel", "De buurt klaagt, de uitbater dreigt met een advocaat. Wat mag de gemeente opleggen?", "nl", False),
        Raised("21016", 2, "Trottinettes devant les vitrines", "Les trottinettes partagées bloquent l’entrée de cinq commerces chaque matin."),
    ),
    qualified=Raised("21010", 6, "Winkelkarren op de stoep", "De karren van de supermarkt blijven in de straten achter. Wie mag ze ophalen, en op wiens kosten?", "nl"),
    answered=Raised("21001", 14, "Ouvrir le dimanche pendant la braderie", "La dérogation vaut-elle pour toute la commune ou pour la rue ?"),
    closed=Raised("21013", 33, "Un modèle de règlement pour les food trucks", "D’autres communes en ont-elles un ?"),
    declined=Raised("21019", 18, "Supprimer la taxe sur les enseignes", "Les commerçants demandent à la Région de la supprimer."),
    withdrawn=Raised("21002", 17, "Un distributeur de billets par quartier", "Le dernier distributeur ferme en janvier."),
)  # fmt: skip
LOCALLY: Final = "La dérogation vaut pour le périmètre du règlement communal : la rue et ses deux places, six dimanches par an."
MODEL: Final = "Trois communes partagent leur règlement dans la bibliothèque ; je vous l’envoie par message."
DECLINED: Final = (
    "La taxe sur les enseignes est communale : votre conseil en décide, la Région n’y peut rien."
)
WITHDRAWN: Final = "La banque a changé d’avis."
QUESTION: Final = "Hoeveel karren telt u per week, en in welke straten?"
NOTE: Final = "Vu avec Noé : même demande à Uccle l’an dernier, à retrouver."
METRO_INTRODUCTION: Final = (
    "Les travaux touchent quatre communes à la fois. Une réponse commune évite quatre réponses différentes.",
    "De werken treffen vier gemeenten tegelijk. Eén antwoord vermijdt vier verschillende antwoorden.",
)
ENERGY_INTRODUCTION: Final = (
    "L’hiver approche : les contrats d’énergie et les terrasses reviennent dans chaque entretien.",
    "De winter komt eraan: energiecontracten en terrassen komen in elk gesprek terug.",
)
DRAFT_INTRODUCTION: Final = ("Trois communes demandent des heures communes pour les livraisons.", "")
CARTONS_INTRODUCTION: Final = (
    "Une commune le demande ; d’autres l’ont dit de vive voix.",
    "Eén gemeente vraagt het; andere zeiden het mondeling.",
)
STILL_VALID: Final = (0, 60, 75, 120)
"""In how many days is asked again of the answers of 2020 whether they are valid; 0: this is due."""
