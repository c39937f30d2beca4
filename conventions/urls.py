"""Addresses of the conventions; those of an amendment are the same, one folder deeper (see `pages.address`)."""

from django.urls import URLPattern, path

from conventions import (
    amendment_views,
    amendment_writing_views,
    bundle_views,
    comment_views,
    document_views,
    evaluation_views,
    history_views,
    list_views,
    meeting_views,
    part_views,
    step_views,
    views,
    writing_views,
)

app_name = "conventions"


def _agreement(folder: str, name: str) -> list[URLPattern]:
    """Return the pages that conventions and amendments have in common."""
    return [
        path(f"{folder}document.pdf", document_views.agreement_document, name=f"{name}document"),
        path(f"{folder}step/<slug:verb>/", step_views.agreement_step, name=f"{name}step"),
        path(f"{folder}articles/<int:pk>/", comment_views.agreement_article, name=f"{name}article"),
        path(f"{folder}comments/", comment_views.agreement_comments, name=f"{name}comments"),
        path(
            f"{folder}comments/<int:pk>/resolve/",
            comment_views.comment_resolve,
            name=f"{name}comment-resolve",
        ),
        path(
            f"{folder}comments/<int:pk>/reopen/", comment_views.comment_reopen, name=f"{name}comment-reopen"
        ),
        path(f"{folder}history/", history_views.agreement_history, name=f"{name}history"),
        path(f"{folder}evidence/<int:pk>/", history_views.agreement_evidence, name=f"{name}evidence"),
    ]


def _writing(folder: str, name: str) -> list[URLPattern]:
    """Return the pages in which both are written."""
    signatory = f"{folder}edit/signatories/"
    part = f"{folder}edit/<slug:kind>/<int:pk>/"
    return [
        path(f"{folder}edit/council/", writing_views.agreement_council, name=f"{name}edit-council"),
        path(f"{signatory}new/", writing_views.signatory_new, name=f"{name}signatory-new"),
        path(f"{signatory}<int:pk>/remove/", writing_views.signatory_remove, name=f"{name}signatory-remove"),
        path(f"{folder}edit/<slug:kind>/new/", part_views.part_new, name=f"{name}edit-new"),
        path(part, part_views.part_edit, name=f"{name}edit-part"),
        path(f"{part}remove/", part_views.part_remove, name=f"{name}edit-remove"),
    ]


CONVENTION = "<slug:reference>/"
AMENDMENT = f"{CONVENTION}amendments/<int:number>/"

urlpatterns = [
    path("", list_views.convention_list, name="list"),
    # Before the references: these are none.
    path("new/", writing_views.convention_new, name="new"),
    path("bundle/", bundle_views.bundle, name="bundle"),
    path("bundle/<int:pk>/file/", bundle_views.bundle_file, name="bundle-file"),
    path(CONVENTION, views.convention_detail, name="detail"),
    *_agreement(CONVENTION, ""),
    path(f"{CONVENTION}text/", amendment_views.convention_text, name="text"),
    path(f"{CONVENTION}projects/<int:pk>/file/", history_views.project_file, name="project-file"),
    path(f"{CONVENTION}amendments/new/", amendment_writing_views.amendment_new, name="amendment-new"),
    path(AMENDMENT, amendment_views.amendment_detail, name="amendment-detail"),
    *_agreement(AMENDMENT, "amendment-"),
    path(f"{CONVENTION}edit/", writing_views.convention_edit, name="edit"),
    path(f"{CONVENTION}edit/term/", writing_views.convention_term, name="edit-term"),
    path(f"{CONVENTION}edit/articles/<int:pk>/move/", part_views.article_move, name="article-move"),
    *_writing(CONVENTION, ""),
    path(f"{AMENDMENT}edit/", amendment_writing_views.amendment_edit, name="amendment-edit"),
    path(f"{AMENDMENT}edit/facts/", amendment_writing_views.amendment_facts, name="amendment-edit-facts"),
    path(
        f"{AMENDMENT}edit/articles/replace/<int:article>/",
        amendment_writing_views.article_replace,
        name="amendment-replace",
    ),
    path(
        f"{AMENDMENT}edit/articles/take-out/<int:article>/",
        amendment_writing_views.article_take_out,
        name="amendment-take-out",
    ),
    *_writing(AMENDMENT, "amendment-"),
    path(f"{CONVENTION}meetings/", meeting_views.meeting_list, name="meetings"),
    path(f"{CONVENTION}meetings/new/", meeting_views.meeting_new, name="meeting-new"),
    path(f"{CONVENTION}meetings/<int:pk>/", meeting_views.meeting_detail, name="meeting"),
    path(f"{CONVENTION}meetings/<int:pk>/edit/", meeting_views.meeting_edit, name="meeting-edit"),
    path(f"{CONVENTION}meetings/<int:pk>/remove/", meeting_views.meeting_remove, name="meeting-remove"),
    path(f"{CONVENTION}actions/<int:pk>/mark/", meeting_views.action_mark, name="action-mark"),
    path(f"{CONVENTION}evaluations/<int:year>/", evaluation_views.evaluation_detail, name="evaluation"),
    path(
        f"{CONVENTION}evaluations/<int:year>/edit/",
        evaluation_views.evaluation_edit,
        name="evaluation-edit",
    ),
]
