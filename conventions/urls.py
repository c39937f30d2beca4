"""Addresses of the conventions."""

from django.urls import path

from conventions import comment_views, document_views, history_views, step_views, views

app_name = "conventions"

urlpatterns = [
    path("", views.convention_list, name="list"),
    path("<slug:reference>/", views.convention_detail, name="detail"),
    path("<slug:reference>/document.pdf", document_views.convention_document, name="document"),
    path("<slug:reference>/step/<slug:verb>/", step_views.agreement_step, name="step"),
    path("<slug:reference>/articles/<int:pk>/", comment_views.agreement_article, name="article"),
    path("<slug:reference>/comments/", comment_views.agreement_comments, name="comments"),
    path(
        "<slug:reference>/comments/<int:pk>/resolve/", comment_views.comment_resolve, name="comment-resolve"
    ),
    path("<slug:reference>/comments/<int:pk>/reopen/", comment_views.comment_reopen, name="comment-reopen"),
    path("<slug:reference>/history/", history_views.agreement_history, name="history"),
    path("<slug:reference>/evidence/<int:pk>/", history_views.agreement_evidence, name="evidence"),
    path("<slug:reference>/projects/<int:pk>/file/", history_views.project_file, name="project-file"),
]
