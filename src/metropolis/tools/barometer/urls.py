"""The addresses of barometers."""

from django.urls import path

from metropolis.tools.barometer import pages

app_name = "barometer"
# Slugs may hold letters of any script, which Django's slug converter does not take.
urlpatterns = [
    path("", pages.barometers, name="barometers"),
    path("<str:slug>/", pages.barometer, name="barometer"),
    path("<str:slug>/<slug:label>/", pages.edition, name="edition"),
    path("<str:slug>/<slug:label>/compare/", pages.compare, name="compare"),
    path("<str:slug>/<slug:label>/cities/<str:unit>/", pages.unit, name="unit"),
    path("<str:slug>/<slug:label>/framework/", pages.framework, name="framework"),
    path("<str:slug>/<slug:label>/sensitivity/", pages.sensitivity, name="sensitivity"),
    path("<str:slug>/<slug:label>/method/", pages.method, name="method"),
    path("<str:slug>/<slug:label>/data/", pages.data, name="data"),
    path("<str:slug>/<slug:label>/download/<str:name>", pages.download, name="download"),
]
