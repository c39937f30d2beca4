"""Addresses of the portal, and the bare view behind the same middleware."""

from django.urls import path

from bench.worker import BARE_ADDRESS, bare
from hubportal.urls import handler400, handler403, handler404, handler500
from hubportal.urls import urlpatterns as portal

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [*portal, path(BARE_ADDRESS.strip("/") + "/", bare)]
