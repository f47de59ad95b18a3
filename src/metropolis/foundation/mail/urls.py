"""Addresses of the mails of a demonstration."""

from django.urls import path

from metropolis.foundation.mail import pages

app_name = "mail"
urlpatterns = [
    path("", pages.outbox, name="outbox"),
    path("<int:pk>/", pages.mail, name="mail"),
]
