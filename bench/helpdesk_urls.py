"""Addresses of the peer, and the bare view."""

from django.urls import include, path

from bench.worker import BARE_ADDRESS, bare

urlpatterns = [
    path(BARE_ADDRESS.strip("/") + "/", bare),
    path("helpdesk/", include("helpdesk.urls", namespace="helpdesk")),
]
