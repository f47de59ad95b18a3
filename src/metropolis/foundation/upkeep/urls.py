"""Addresses of those who look after the site."""

from django.urls import path

from metropolis.foundation.upkeep import pages

app_name = "upkeep"
urlpatterns = [
    path("", pages.overview, name="overview"),
    path("<uuid:task>/retry/", pages.retry, name="retry"),
    path("<uuid:task>/discard/", pages.discard, name="discard"),
]
