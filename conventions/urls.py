"""Addresses of the conventions."""

from django.urls import path

from conventions import views

app_name = "conventions"

urlpatterns = [
    path("", views.convention_list, name="list"),
    path("<slug:reference>/", views.convention_detail, name="detail"),
]
