"""Addresses of relay notes, below those of the app."""

from django.urls import path

from spoc.relay import acting, list_views, sending, views, writing

urlpatterns = [
    path("", list_views.note_list, name="note-list"),
    path("export.csv", list_views.note_export, {"form": "csv"}, name="note-csv"),
    path("export.xlsx", list_views.note_export, {"form": "xlsx"}, name="note-xlsx"),
    path("new/", writing.note_new, name="note-new"),
    path("<int:pk>/", views.note_detail, name="note-detail"),
    path("<int:pk>/document/", views.note_pdf, name="note-pdf"),
    path("<int:pk>/way/", views.note_way, name="note-way"),
    path("<int:pk>/write/", writing.note_write, name="note-write"),
    path("<int:pk>/facts/", writing.note_facts, name="note-facts"),
    path("<int:pk>/add/", writing.note_add, name="note-add"),
    path("<int:pk>/items/<int:item>/", writing.note_item, name="note-item"),
    path("<int:pk>/items/<int:item>/remove/", writing.note_item_remove, name="note-item-remove"),
    path("<int:pk>/concerns/<int:part>/", writing.note_part, name="note-part"),
    path("<int:pk>/concerns/<int:part>/remove/", writing.note_part_remove, name="note-part-remove"),
    path("<int:pk>/send/", sending.note_send, name="note-send"),
    path("<int:pk>/step/<slug:verb>/", acting.note_step, name="note-step"),
    path("<int:pk>/answer/<int:item>/", acting.note_answer, name="note-answer"),
    path("<int:pk>/answer/<int:item>/<int:part>/", acting.note_answer, name="note-answer-part"),
    path("documents/<int:pk>/", views.note_file, name="note-file"),
]
