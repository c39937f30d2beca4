"""The mailings app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailingsConfig(AppConfig):
    """The weekly mailing: written in two languages, approved by two people, sent, and proved."""

    name = "mailings"
    verbose_name = _("Mailings")
    default_auto_field = "django.db.models.BigAutoField"
