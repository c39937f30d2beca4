"""Addresses of requests on the portal; that of a calendar is opened by its token, without signing in."""

from django.urls import include, path

from spoc import (
    acting,
    asking,
    feed_views,
    handover_views,
    list_views,
    meeting_views,
    plan_views,
    submitting,
    views,
)

app_name = "spoc"

urlpatterns = [
    path("", list_views.request_list, name="request-list"),
    path("export.csv", list_views.request_export, {"form": "csv"}, name="request-csv"),
    path("export.xlsx", list_views.request_export, {"form": "xlsx"}, name="request-xlsx"),
    path("notes/", include("spoc.relay.urls")),
    path("calendar/", feed_views.calendar, name="calendar"),
    path("calendar/revoke/", feed_views.calendar_revoke, name="calendar-revoke"),
    path("calendar/<slug:token>.ics", feed_views.calendar_feed, name="calendar-feed"),
    path("concerns/", include("spoc.concerns.urls")),
    path("answers/", include("spoc.faq.urls")),
    path("new/", asking.request_new, name="request-new"),
    path("new/<slug:kind>/", asking.request_begin, name="request-begin"),
    path("<int:pk>/", views.request_detail, name="request-detail"),
    path("<int:pk>/document/", views.request_pdf, name="request-pdf"),
    path("<int:pk>/edit/", asking.request_continue, name="request-continue"),
    path("<int:pk>/edit/<slug:page>/", asking.request_edit, name="request-edit"),
    path("<int:pk>/check/", submitting.request_check, name="request-check"),
    path("<int:pk>/attach/", submitting.request_attach, name="request-attach"),
    path("<int:pk>/detach/<int:file>/", submitting.request_detach, name="request-detach"),
    path("<int:pk>/submit/", submitting.request_submit, name="request-submit"),
    path("<int:pk>/answer/", acting.request_answer, name="request-answer"),
    path("<int:pk>/deliverable/", acting.request_deliverable, name="request-deliverable"),
    path("<int:pk>/step/<slug:verb>/", acting.request_step, name="request-step"),
    path("<int:pk>/plan/", plan_views.request_plan, name="request-plan"),
    path("<int:pk>/measures/new/", plan_views.measure_new, name="measure-new"),
    path("<int:pk>/measures/agree/", plan_views.measures_agree, name="measures-agree"),
    path("<int:pk>/measures/other-days/", plan_views.measures_counter, name="measures-counter"),
    path("<int:pk>/measures/<int:measure>/", plan_views.measure_detail, name="measure"),
    path("<int:pk>/measures/<int:measure>/step/<slug:verb>/", plan_views.measure_step, name="measure-step"),
    path("<int:pk>/meetings/new/", meeting_views.meeting_new, name="meeting-new"),
    path("<int:pk>/meetings/<int:meeting>/", meeting_views.meeting_detail, name="meeting"),
    path(
        "<int:pk>/meetings/<int:meeting>/step/<slug:verb>/", meeting_views.meeting_step, name="meeting-step"
    ),
    path("hand-over/", handover_views.handover_list, name="handover-list"),
    path("hand-over/notes/<int:pk>/", handover_views.handover_note, name="handover-note"),
    path("hand-over/notes/<int:pk>/read/", handover_views.handover_read, name="handover-read"),
    path("hand-over/<slug:nis>/", handover_views.handover_commune, name="handover-commune"),
    path("files/<int:pk>/", views.file_download, name="file-download"),
    path("deliverables/<int:pk>/", views.deliverable_download, name="deliverable-download"),
]
