"""Addresses of the communes."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from communes import coverage, views

app_name = "communes"


class NisConverter(StringConverter):
    """The NIS code of one of the 19: any other number is no address here."""

    regex = "210(?:0[1-9]|1[0-9])"


register_converter(NisConverter, "nis")

urlpatterns = [
    path("", views.commune_list, name="list"),
    path("coverage/", coverage.matrix_page, name="coverage"),
    path("switch/", views.switch, name="switch"),
    path("<nis:nis>/", views.commune_detail, name="detail"),
]
