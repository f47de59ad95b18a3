"""The addresses of the tool."""

from django.urls import URLPattern

app_name = "experts"
urlpatterns: list[URLPattern] = []
