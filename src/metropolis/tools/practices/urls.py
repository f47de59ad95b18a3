"""The addresses of the tool."""

from django.urls import URLPattern

app_name = "practices"
urlpatterns: list[URLPattern] = []
