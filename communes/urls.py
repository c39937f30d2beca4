"""Addresses of the communes."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from communes import coverage, delegation_views, transition_views, views

app_name = "communes"


class NisConverter(StringConverter):
    """The NIS code of one of the 19: any other number is no address here."""

    regex = "210(?:0[1-9]|1[0-9])"


register_converter(NisConverter, "nis")

urlpatterns = [
    path("", views.commune_list, name="list"),
    path("coverage/", coverage.matrix_page, name="coverage"),
    path("switch/", views.switch, name="switch"),
    path("transitions/", transition_views.transition_list, name="transitions"),
    path("transitions/new/", transition_views.transition_new, name="transition-new"),
    path("transitions/example/<nis:nis>.csv", transition_views.transition_example, name="transition-example"),
    path("transitions/<int:pk>/", transition_views.transition_detail, name="transition"),
    path("transitions/<int:pk>/invite/", transition_views.transition_invite, name="transition-invite"),
    path("transitions/<int:pk>/<str:verb>/", transition_views.transition_step, name="transition-step"),
    path("<nis:nis>/", views.commune_detail, name="detail"),
    path("<nis:nis>/delegations/", delegation_views.delegation_list, name="delegations"),
    path("<nis:nis>/delegations/give/", delegation_views.delegation_give, name="delegation-give"),
    path(
        "<nis:nis>/delegations/<int:pk>/withdraw/",
        delegation_views.delegation_withdraw,
        name="delegation-withdraw",
    ),
]
