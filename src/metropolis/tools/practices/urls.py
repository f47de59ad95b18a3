"""The addresses of practices."""

from django.urls import path

from metropolis.tools.practices import pages

app_name = "practices"
# Slugs may hold letters of any script, which Django's slug converter does not take.
urlpatterns = [
    path("", pages.practices, name="practices"),
    path("add/", pages.add, name="add"),
    path("import/", pages.import_file, name="import"),
    path("import/<int:id>/", pages.import_progress, name="import_progress"),
    path("import/<int:id>/cancel/", pages.cancel_import, name="cancel_import"),
    path("<str:slug>/", pages.practice, name="practice"),
    path("<str:slug>/edit/", pages.edit, name="edit"),
    path("<str:slug>/edit/<str:section>/", pages.edit, name="edit_section"),
    path("<str:slug>/visibility/", pages.set_visibility, name="set_visibility"),
    path("<str:slug>/delete/", pages.delete, name="delete"),
    path("<str:slug>/review/", pages.review, name="review"),
    path("<str:slug>/translate/", pages.translations, name="translations"),
    path("<str:slug>/translate/<str:language>/", pages.translate, name="translate"),
    path("<str:slug>/history/", pages.history, name="history"),
]
