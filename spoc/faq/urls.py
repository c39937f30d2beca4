"""Addresses of the answers of the Region, below those of the app."""

from django.urls import path

from spoc.faq import figure_views, list_views, views

urlpatterns = [
    path("", list_views.answer_list, name="answer-list"),
    path("export.csv", list_views.answer_export, {"form": "csv"}, name="answer-csv"),
    path("export.xlsx", list_views.answer_export, {"form": "xlsx"}, name="answer-xlsx"),
    path("figures/", figure_views.answer_figures, name="answer-figures"),
    path("<int:pk>/", views.answer_detail, name="answer-detail"),
    path("<int:pk>/complete/", views.answer_step, {"verb": "complete"}, name="answer-complete"),
    path("<int:pk>/step/<slug:verb>/", views.answer_step, name="answer-step"),
]
