"""Addresses of concerns and their groups."""

from django.urls import path

from spoc.concerns import acting, groups, list_views, raising, views

urlpatterns = [
    path("", list_views.concern_list, name="concern-list"),
    path("export.csv", list_views.concern_export, {"form": "csv"}, name="concern-csv"),
    path("export.xlsx", list_views.concern_export, {"form": "xlsx"}, name="concern-xlsx"),
    path("new/", raising.concern_new, name="concern-new"),
    path("<int:pk>/", views.concern_detail, name="concern-detail"),
    path("<int:pk>/similar/", raising.concern_similar, name="concern-similar"),
    path("<int:pk>/step/<slug:verb>/", acting.concern_step, name="concern-step"),
    path("<int:pk>/write/<slug:what>/", acting.concern_write, name="concern-write"),
    path("files/<int:pk>/", views.file_download, name="concern-file"),
    path("groups/", groups.group_list, name="group-list"),
    path("groups/new/", groups.group_new, name="group-new"),
    path("groups/<int:pk>/", groups.group_detail, name="group-detail"),
    path("groups/<int:pk>/edit/", groups.group_edit, name="group-edit"),
    path("groups/<int:pk>/add/", groups.group_add, name="group-add"),
]
