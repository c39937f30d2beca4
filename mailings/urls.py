"""Addresses of mailings; the last three are opened by their token, without signing in."""

from django.urls import path

from mailings import (
    acting,
    downloads,
    followups,
    previewing,
    progress,
    proving,
    reading,
    recipients,
    rhythm_views,
    stopping,
    unsaved,
    versions,
    views,
    writing,
)

app_name = "mailings"

urlpatterns = [
    path("", views.mailing_list, name="list"),
    path("new/", writing.mailing_new, name="new"),
    path("rhythm/", rhythm_views.rhythm, name="rhythm"),
    path("rhythm/new/", rhythm_views.rhythm_edit, name="rhythm-new"),
    path("rhythm/<int:pk>/", rhythm_views.rhythm_edit, name="rhythm-edit"),
    path("<int:number>/", views.mailing_detail, name="detail"),
    path("<int:number>/edit/", writing.mailing_edit, name="edit"),
    path("<int:number>/preview/", previewing.mailing_preview, name="preview"),
    path("<int:number>/preview/<slug:language>.html", previewing.mailing_mail, name="mail"),
    path("<int:number>/edit/keep/", unsaved.mailing_keep, name="keep"),
    path("<int:number>/edit/discard/", unsaved.mailing_discard, name="discard"),
    path("<int:number>/versions/", versions.mailing_versions, name="versions"),
    path("<int:number>/preview/<slug:language>.eml", writing.mailing_message, name="message"),
    path("<int:number>/test/", writing.mailing_test, name="test"),
    path("<int:number>/recipients/", recipients.mailing_recipients, name="recipients"),
    path("<int:number>/step/<slug:verb>/", acting.mailing_step, name="step"),
    path("<int:number>/sending/", progress.mailing_progress, name="progress"),
    path("<int:number>/follow-up/", followups.mailing_follow_up, name="follow-up"),
    path("<int:number>/proof.pdf", proving.proof_pdf, name="proof-pdf"),
    path("<int:number>/proof.csv", proving.proof_csv, name="proof-csv"),
    path("deliveries/<int:pk>/decide/", progress.delivery_decide, name="decide"),
    path("<int:number>/acknowledge/", reading.acknowledge, name="acknowledge"),
    path("<int:number>/files/<int:pk>/", downloads.file, name="file"),
    path("read/<slug:token>/files/<int:pk>/", downloads.read_file, name="read-file"),
    path("read/<slug:token>/", reading.read, name="read"),
    path("stop/<slug:token>/", stopping.stop, name="stop"),
]
