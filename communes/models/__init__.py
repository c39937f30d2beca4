"""Nouns of this app, one module each family: communes, who acts for them, who serves them, their districts."""

from communes.models.commune import Commune
from communes.models.district import AssociationEvent, District, MerchantsAssociation
from communes.models.mandate import Delegation, Mandate, Portfolio
from communes.models.spoc import Absence, Assignment

__all__ = [
    "Absence",
    "Assignment",
    "AssociationEvent",
    "Commune",
    "Delegation",
    "District",
    "Mandate",
    "MerchantsAssociation",
    "Portfolio",
]
