"""Addresses of the human check."""

from django.urls import path

from metropolis.foundation.human_check import pages

app_name = "human_check"
urlpatterns = [
    path("new", pages.new, name="new"),
    path("<str:token>/picture.png", pages.picture, name="picture"),
    path("<str:token>/sound.wav", pages.sound, name="sound"),
]
