"""The spoc app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SpocConfig(AppConfig):
    """The desk of the SPOCs: service requests, their threads, files, deliverables and clocks."""

    name = "spoc"
    verbose_name = _("SPOC desk")
    default_auto_field = "django.db.models.BigAutoField"
