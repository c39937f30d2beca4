"""Addresses of mailings; the last two are opened by their token, without signing in."""

from django.urls import path

from mailings import acting, recipients, views, writing

app_name = "mailings"

urlpatterns = [
    path("", views.mailing_list, name="list"),
    path("new/", writing.mailing_new, name="new"),
    path("<int:number>/", views.mailing_detail, name="detail"),
    path("<int:number>/edit/", writing.mailing_edit, name="edit"),
    path("<int:number>/preview/", writing.mailing_preview, name="preview"),
    path("<int:number>/test/", writing.mailing_test, name="test"),
    path("<int:number>/recipients/", recipients.mailing_recipients, name="recipients"),
    path("<int:number>/step/<slug:verb>/", acting.mailing_step, name="step"),
]
