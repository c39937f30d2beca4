"""Addresses of the way to the issuer of identities and back, under allauth's names."""

from django.urls import path

from hubportal.accounts.identity import views

urlpatterns = [
    path("link/", views.link, name="identity_link"),
    path("unlink/", views.unlink, name="identity_unlink"),
    path("<slug:provider_id>/login/", views.login, name="openid_connect_login"),
    path("<slug:provider_id>/login/callback/", views.callback, name="openid_connect_callback"),
]
