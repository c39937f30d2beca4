"""The demonstration's directory of partners, all invented, and one introduction for the one-click échevine."""

from datetime import timedelta
from typing import Final

from django.utils import timezone

from spoc.models import Introduction, Kind, Partner, ServiceRequest
from spoc.models.choices import TAKEN_ON

PARTNERS: Final = (
    ("Guichet d’économie locale Senne", "Lokaal economieloket Zenne", "Accompagne un commerce qui ouvre ou déménage", "Begeleidt een handelszaak die opent of verhuist", (Kind.DEVELOPMENT,), "Ombeline Carrefour", "guichet.senne", "02 000 03 01", ""),
    ("Fédération des rues commerçantes", "Federatie van winkelstraten", "Aide à fonder ou à relancer une association de commerçants", "Helpt een handelaarsvereniging oprichten of nieuw leven inblazen", (Kind.DEVELOPMENT,), "Casimir Vandelaine", "federation", "02 000 03 02", "fr"),
    ("Observatoire des rez-de-chaussée", "Observatorium van gelijkvloerse panden", "Chiffres sur l’occupation des rez-de-chaussée", "Cijfers over het gebruik van gelijkvloerse panden", (Kind.AUDIT,), "", "observatoire", "02 000 03 03", ""),
    ("Cellule Chantiers et Commerces", "Cel Werven en Handel", "Coordonne les impétrants et l’accès aux vitrines", "Coördineert de nutsbedrijven en de toegang tot de winkels", (Kind.CHANTIER,), "Lieselot Bruynseels", "chantiers", "02 000 03 04", "nl"),
)  # fmt: skip
TEXT_FR: Final = "Cette personne suit des projets semblables dans d’autres quartiers et peut venir sur place."
TEXT_NL: Final = "Deze persoon volgt gelijkaardige projecten in andere wijken en kan ter plaatse komen."


def load() -> None:
    """Fill the directory, and introduce the communes of the projects that go on to the partner that fits."""
    partners = [
        Partner(
            name_fr=name_fr, name_nl=name_nl, about_fr=about_fr, about_nl=about_nl, services=list(services),
            contact_name=contact, email=f"{box}@partenaire.example", phone=phone, content_language=language,
        )
        for name_fr, name_nl, about_fr, about_nl, services, contact, box, phone, language in PARTNERS
    ]  # fmt: skip
    Partner.objects.bulk_create(partners)
    rows = ServiceRequest.objects.filter(status__in=TAKEN_ON, direction="to_agency").order_by("pk")
    for row in rows.select_related("created_by", "assigned_to")[::2]:
        partner = next(partner for partner in partners if row.kind in partner.services)
        is_dutch = row.created_by.content_language == "nl"
        Introduction.objects.create(
            request=row, partner=partner, contact=row.created_by, made_by=row.assigned_to or row.created_by,
            made_at=min(row.accepted_at + timedelta(days=1), timezone.now()) if row.accepted_at else timezone.now(),
            text=TEXT_NL if is_dutch else TEXT_FR, agreed_at=row.accepted_at or timezone.now(),
        )  # fmt: skip
