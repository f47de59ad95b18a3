"""The addresses of the room."""

from django.urls import URLPattern

app_name = "places"
urlpatterns: list[URLPattern] = []
