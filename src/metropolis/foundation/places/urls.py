"""The addresses of the room."""

from django.urls import path

from metropolis.foundation.places import pages

app_name = "places"
urlpatterns = [path("suggest", pages.suggest, name="suggest")]
