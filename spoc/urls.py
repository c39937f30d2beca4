"""Addresses of requests on the portal."""

from django.urls import path

from spoc import views

app_name = "spoc"

urlpatterns = [
    path("<int:pk>/", views.request_detail, name="request-detail"),
    path("files/<int:pk>/", views.file_download, name="file-download"),
    path("deliverables/<int:pk>/", views.deliverable_download, name="deliverable-download"),
]
