"""The platform itself, as a Django app; loading it loads the Celery app, so that `shared_task` finds it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from hubportal.celery import app as celery_app

__all__ = ["HubportalConfig", "celery_app"]


class HubportalConfig(AppConfig):
    name = "hubportal"
    verbose_name = _("Platform")
    default_auto_field = "django.db.models.BigAutoField"
