"""Names for the invented people of the demonstration, their portfolios, districts and associations.

Surnames are made up in the Belgian manner so that no real person is met; a test keeps them unique.
"""

from typing import Final

FIRST_NAMES: Final = (
    "Aline", "Bart", "Céline", "Dries", "Élodie", "Fatiha", "Gilles", "Hanne", "Ismaël", "Joke", "Karim", "Liesbet",
    "Maïté", "Niels", "Odile", "Pieter", "Quentin", "Rachida", "Stijn", "Tatiana", "Ugo", "Veerle", "Wim", "Xavière",
    "Younes", "Zita", "Amaury", "Britt", "Corentin", "Dounia", "Evert", "Florine", "Griet", "Hugo", "Imane", "Jeroen",
    "Katrijn", "Loïc", "Mieke", "Nabil",
)  # fmt: skip
LAST_NAMES: Final = (
    "Abelinck", "Boisdenghien", "Casterloo", "Dambrugge", "Elsenbosch", "Fauquemont", "Grimbergs", "Haspelagh",
    "Illegemse", "Jodogniez", "Kerkhovens", "Lindemansz", "Moulinard", "Nieuwdorpe", "Ouldjadi", "Pontvilliers",
    "Quenastier", "Roodenbeke", "Sablonnet", "Tervuyrens", "Uytterbroeckx", "Vergerdoux", "Wittebolle", "Xhendrix",
    "Yserbyten", "Zavelaere", "Amrichi", "Bruyèrelle", "Campinois", "Duinslagher", "Ettalibi", "Fontenoys",
    "Groenestraat", "Houtmansen", "Ixhellois", "Jolimonté", "Kastelhof", "Laekenaers", "Meiserlinck", "Nerviens",
)  # fmt: skip
TRADE: Final = (
    ("trade", "economy", "middle_classes"),
    "Commerce, Développement économique, Classes moyennes", "Handel, Economische ontwikkeling, Middenstand",
)  # fmt: skip
PORTFOLIOS: Final = (
    (("works",), "Travaux publics, Mobilité", "Openbare werken, Mobiliteit"),
    (
        ("markets", "other"),
        "Marchés, Fêtes et Propreté publique",
        "Markten, Feestelijkheden en Openbare netheid",
    ),
    (("other",), "Urbanisme, Logement", "Stedenbouw, Huisvesting"),
    (("other",), "Enseignement, Petite enfance", "Onderwijs, Kinderopvang"),
    (("other",), "Culture, Jeunesse et Sports", "Cultuur, Jeugd en Sport"),
)
ECONOMY: Final = (("trade", "markets"), "Commerce de proximité et Marchés", "Buurthandel en Markten")
MAYOR: Final = (("other",), "Police, Finances, Personnel", "Politie, Financiën, Personeel")
MAYOR_WITH_TRADE: Final = (
    ("trade", "other"),
    "Police, Personnel et Commerce",
    "Politie, Personeel en Handel",
)

PLACES: Final = (
    *(("du Moulin", "Molen"), ("des Tilleuls", "Linden"), ("des Marronniers", "Kastanje")),
    *(("des Étangs", "Vijver"), ("des Aubépines", "Meidoorn"), ("du Verger", "Boomgaard")),
    *(("des Tanneurs", "Looiers"), ("de la Fontaine", "Fontein"), ("des Brasseurs", "Brouwers")),
    *(("du Kiosque", "Kiosk"), ("des Tisserands", "Wevers"), ("du Belvédère", "Belvedère")),
    *(("des Glycines", "Blauweregen"), ("de l’Écluse", "Sluis"), ("des Noyers", "Noten")),
    *(("du Colombier", "Duiventil"), ("des Maraîchers", "Tuinders"), ("de la Verrerie", "Glasblazers")),
)
KINDS: Final = (("Quartier {}", "{}wijk"), ("Place {}", "{}plein"), ("Rue {}", "{}straat"))
ASSOCIATIONS: Final = ("Les Vitrines {}", "Commerçants {}", "Les Enseignes {}")
ABOUT_FR: Final = (
    "Une vingtaine de commerces de proximité, un marché **le samedi matin**.\n\n"
    "- livraisons de 7 h à 11 h\n- deux cellules vides au rez-de-chaussée"
)
ABOUT_NL: Final = (
    "Een twintigtal buurtwinkels, een markt **op zaterdagochtend**.\n\n"
    "- leveren kan van 7 tot 11 uur\n- twee leegstaande panden op de gelijkvloerse verdieping"
)
