"""Nouns of this app, one module each family: communes, who acts for them, who serves them, their districts."""

from communes.models.commune import Commune
from communes.models.delegation import Delegation
from communes.models.district import AssociationEvent, District, MerchantsAssociation
from communes.models.mandate import Mandate, Portfolio
from communes.models.spoc import Absence, Assignment
from communes.models.transition import CollegeTransition, CollegeTransitionEvent

__all__ = [
    "Absence",
    "Assignment",
    "AssociationEvent",
    "CollegeTransition",
    "CollegeTransitionEvent",
    "Commune",
    "Delegation",
    "District",
    "Mandate",
    "MerchantsAssociation",
    "Portfolio",
]
