"""The addresses of the tool."""

from django.urls import path

from metropolis.tools.experts.pages import changing, reading

app_name = "experts"
urlpatterns = [
    path("", reading.experts, name="experts"),
    path("add/", changing.add, name="add"),
    path("<slug:slug>/", reading.expert, name="expert"),
    path("<slug:slug>/edit/", changing.edit, name="edit"),
    path("<slug:slug>/visibility/", changing.visibility, name="visibility"),
    path("<slug:slug>/consents/<slug:field>/withdraw/", changing.withdraw, name="withdraw"),
    path("<slug:slug>/topics/<slug:topic>/", changing.validate, name="validate"),
    path("<slug:slug>/topics/<slug:topic>/withdraw/", changing.unvalidate, name="unvalidate"),
    path("<slug:slug>/ask/", changing.ask, name="ask"),
    path("<slug:slug>/delete/", changing.delete, name="delete"),
]
