"""Nouns of this app: conventions, the themes they open, who signed them."""

from conventions.models.convention import Convention, ConventionEvent
from conventions.models.signatory import Signatory
from conventions.models.theme import ConventionTheme, Service, Theme

__all__ = ["Convention", "ConventionEvent", "ConventionTheme", "Service", "Signatory", "Theme"]
