"""Addresses of the conventions."""

from django.urls import path

from conventions import (
    comment_views,
    document_views,
    history_views,
    part_views,
    step_views,
    views,
    writing_views,
)

app_name = "conventions"

urlpatterns = [
    path("", views.convention_list, name="list"),
    path("new/", writing_views.convention_new, name="new"),
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
    path("<slug:reference>/edit/", writing_views.convention_edit, name="edit"),
    path("<slug:reference>/edit/term/", writing_views.convention_term, name="edit-term"),
    path("<slug:reference>/edit/council/", writing_views.convention_council, name="edit-council"),
    path("<slug:reference>/edit/signatories/new/", writing_views.signatory_new, name="signatory-new"),
    path(
        "<slug:reference>/edit/signatories/<int:pk>/remove/",
        writing_views.signatory_remove,
        name="signatory-remove",
    ),
    path("<slug:reference>/edit/articles/<int:pk>/move/", part_views.article_move, name="article-move"),
    path("<slug:reference>/edit/<slug:kind>/new/", part_views.part_new, name="edit-new"),
    path("<slug:reference>/edit/<slug:kind>/<int:pk>/", part_views.part_edit, name="edit-part"),
    path("<slug:reference>/edit/<slug:kind>/<int:pk>/remove/", part_views.part_remove, name="edit-remove"),
]
