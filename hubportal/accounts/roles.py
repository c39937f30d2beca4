"""The roles that are granted by name and date; rights in a commune come from mandates instead (communes)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person may be granted; stored codes."""

    SPOC = "spoc", _("SPOC")
    EDITOR = "editor", _("editor")
    LEAD = "lead", _("lead")
    DIRECTOR = "director", _("director")
    ADMIN = "admin", _("administrator")
    CABINET = "cabinet", _("cabinet")
    TASKFORCE = "taskforce", _("task force")


AGENCY_ROLES = frozenset({Role.SPOC, Role.EDITOR, Role.LEAD, Role.DIRECTOR, Role.ADMIN})
"""Roles of people who work at the agency: they enter the desk."""
OUTSIDE_ROLES = frozenset({Role.CABINET, Role.TASKFORCE})
STEWARDS = frozenset({Role.LEAD, Role.ADMIN})
"""Who records mandates, assigns SPOCs and invites."""
