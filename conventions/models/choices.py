"""Codes of this app: states, parties, offices, and how one signs."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ConventionStatus(models.TextChoices):
    """Stored states; what follows from dates (in force, expired …) is `Convention.state`."""

    DRAFT = "draft", _("draft")
    NEGOTIATION = "negotiation", _("in negotiation")
    TO_SIGN = "to_sign", _("to sign")
    SIGNED = "signed", _("signed")
    TERMINATED = "terminated", _("terminated")
    ABANDONED = "abandoned", _("abandoned")


class AmendmentStatus(models.TextChoices):
    """Stored states of an amendment, which ends with its convention."""

    DRAFT = "draft", _("draft")
    NEGOTIATION = "negotiation", _("in negotiation")
    TO_SIGN = "to_sign", _("to sign")
    SIGNED = "signed", pgettext_lazy("amendment", "signed")
    ABANDONED = "abandoned", _("abandoned")


WRITABLE: Final = ("draft", "negotiation")
"""States in which the text may be changed."""
UNSIGNED: Final = (*WRITABLE, "to_sign")
"""States in which signatures are still to come."""
BINDING: Final = ("signed", "terminated")
"""States in which an agreement binds the parties during its term; a terminated one until its last day."""
SHARED: Final = ("negotiation", "to_sign", *BINDING)
"""States in which the commune reads the text."""
DOCUMENTS: Final = "conventions.documents"
"""The task that makes the PDF of what was frozen or signed."""
BUNDLES: Final = "conventions.bundles"
"""The task that makes the ZIPs that were asked for."""


class Party(models.TextChoices):
    """The two parties of a convention."""

    COMMUNE = "commune", _("the commune")
    AGENCY = "agency", _("the agency")


class Office(models.TextChoices):
    """In which office one signs; the first three for the commune, the last two for the agency."""

    BOURGMESTRE = "bourgmestre", _("bourgmestre")
    ECHEVIN = "echevin", _("échevin")
    SECRETARY = "secretary", _("communal secretary")
    DIRECTOR = "director", _("director")
    REPRESENTATIVE = "representative", _("representative")


MANDATED: Final = (Office.BOURGMESTRE.value, Office.ECHEVIN.value)
ALONE: Final = (Office.BOURGMESTRE.value, Office.SECRETARY.value)
"""One person signs in these offices."""
OF_THE_COMMUNE: Final = (*MANDATED, Office.SECRETARY.value)
OF_THE_AGENCY: Final = (Office.DIRECTOR.value, Office.REPRESENTATIVE.value)


class Method(models.TextChoices):
    """How one signs, outside the portal (eIDAS, art. 25: a qualified signature equals handwriting)."""

    HANDWRITTEN = "handwritten", _("handwritten")
    QUALIFIED = "qualified", _("qualified electronic signature")


class Change(models.TextChoices):
    """What an amendment does to one article."""

    REPLACE = "replace", _("replaces the article")
    ADD = "add", _("adds an article")
    REMOVE = "remove", _("removes the article")
