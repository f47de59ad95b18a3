"""The addresses of the room."""

from django.urls import path

from metropolis.foundation.taxonomy import pages

app_name = "taxonomy"
urlpatterns = [
    path("", pages.topics, name="topics"),
    path("suggest/", pages.suggest, name="suggest"),
    path("suggestions/<int:suggestion_id>/", pages.settle, name="settle"),
]
