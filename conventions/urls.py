"""Addresses of the conventions."""

from django.urls import path

from conventions import bundle_views, document_views, evaluation_views, meeting_views, views

app_name = "conventions"

urlpatterns = [
    path("", views.convention_list, name="list"),
    # Before the references: "bundle" is none.
    path("bundle/", bundle_views.bundle, name="bundle"),
    path("bundle/<int:pk>/file/", bundle_views.bundle_file, name="bundle-file"),
    path("<slug:reference>/", views.convention_detail, name="detail"),
    path("<slug:reference>/document.pdf", document_views.convention_document, name="document"),
    path("<slug:reference>/meetings/", meeting_views.meeting_list, name="meetings"),
    path("<slug:reference>/meetings/new/", meeting_views.meeting_new, name="meeting-new"),
    path("<slug:reference>/meetings/<int:pk>/", meeting_views.meeting_detail, name="meeting"),
    path("<slug:reference>/meetings/<int:pk>/edit/", meeting_views.meeting_edit, name="meeting-edit"),
    path("<slug:reference>/meetings/<int:pk>/remove/", meeting_views.meeting_remove, name="meeting-remove"),
    path("<slug:reference>/actions/<int:pk>/mark/", meeting_views.action_mark, name="action-mark"),
    path("<slug:reference>/evaluations/<int:year>/", evaluation_views.evaluation_detail, name="evaluation"),
    path(
        "<slug:reference>/evaluations/<int:year>/edit/",
        evaluation_views.evaluation_edit,
        name="evaluation-edit",
    ),
]
