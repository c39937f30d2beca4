"""Addresses of the demonstration; they exist in demo mode only."""

from django.urls import path

from hubportal.accounts import demo_views

app_name = "demo"

urlpatterns = [
    path("sign-in/<slug:key>/", demo_views.sign_in, name="sign-in"),
    path("mailbox/", demo_views.mailbox_list, name="mailbox"),
    path("mailbox/<str:name>/", demo_views.mailbox_message, name="message"),
    path("mailbox/<str:name>/html/", demo_views.mailbox_html, name="message-html"),
]
