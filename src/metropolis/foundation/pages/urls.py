"""Addresses of the pages that belong to no tool."""

from django.urls import path

from metropolis.foundation.pages import pages

app_name = "pages"
urlpatterns = [
    path("about/", pages.about, name="about"),
    path("design/", pages.design, name="design"),
]
