"""The addresses of the room."""

from django.urls import path

from metropolis.foundation.documents import pages

app_name = "documents"
urlpatterns = [
    path("", pages.publications, name="publications"),
    path("add/", pages.add, name="add"),
    path("<str:slug>/", pages.publication, name="publication"),
    path("<str:slug>/file/", pages.file, name="file"),
    path("<str:slug>/cover/", pages.cover, name="cover"),
    path("<str:slug>/change/", pages.change, name="change"),
    path("<str:slug>/translate/", pages.translate, name="translate"),
    path("<str:slug>/visibility/", pages.visibility, name="visibility"),
    path("<str:slug>/delete/", pages.delete, name="delete"),
]
