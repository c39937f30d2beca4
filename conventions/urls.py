"""Addresses of the conventions."""

from django.urls import path

from conventions import document_views, list_views, views

app_name = "conventions"

urlpatterns = [
    path("", list_views.convention_list, name="list"),
    path("<slug:reference>/", views.convention_detail, name="detail"),
    path("<slug:reference>/document.pdf", document_views.convention_document, name="document"),
]
