"""Addresses of the conventions; those of an amendment are the same, one folder deeper (see `pages.address`)."""

from django.urls import URLPattern, path

from conventions import amendment_views, comment_views, document_views, history_views, step_views, views

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


CONVENTION = "<slug:reference>/"
AMENDMENT = f"{CONVENTION}amendments/<int:number>/"

urlpatterns = [
    path("", views.convention_list, name="list"),
    path(CONVENTION, views.convention_detail, name="detail"),
    *_agreement(CONVENTION, ""),
    path(f"{CONVENTION}text/", amendment_views.convention_text, name="text"),
    path(f"{CONVENTION}projects/<int:pk>/file/", history_views.project_file, name="project-file"),
    path(AMENDMENT, amendment_views.amendment_detail, name="amendment-detail"),
    *_agreement(AMENDMENT, "amendment-"),
]
