"""The addresses of barometers."""

from django.urls import path

from metropolis.tools.barometer import pages

app_name = "barometer"
# Slugs may hold letters of any script, which Django's slug converter does not take.
urlpatterns = [
    path("", pages.barometers, name="barometers"),
    path("<str:slug>/", pages.barometer, name="barometer"),
    path("<str:slug>/<slug:label>/", pages.edition, name="edition"),
]
