"""Addresses of mailings; the last two are opened by their token, without signing in."""

from django.urls import path

from mailings import progress, reading, stopping, views

app_name = "mailings"

urlpatterns = [
    path("", views.mailing_list, name="list"),
    path("<int:number>/", views.mailing_detail, name="detail"),
    path("<int:number>/sending/", progress.mailing_progress, name="progress"),
    path("deliveries/<int:pk>/decide/", progress.delivery_decide, name="decide"),
    path("<int:number>/acknowledge/", reading.acknowledge, name="acknowledge"),
    path("read/<slug:token>/", reading.read, name="read"),
    path("stop/<slug:token>/", stopping.stop, name="stop"),
]
