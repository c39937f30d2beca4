"""The communes app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommunesConfig(AppConfig):
    """The 19 communes, who acts for them and who serves them, day by day."""

    name = "communes"
    verbose_name = _("Communes")
    default_auto_field = "django.db.models.BigAutoField"
