"""The conventions app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConventionsConfig(AppConfig):
    """Framework agreements between the agency and the communes: since when, until when, on which themes."""

    name = "conventions"
    verbose_name = _("Framework agreements")
    default_auto_field = "django.db.models.BigAutoField"
