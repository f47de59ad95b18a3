"""Addresses of the contact form, of reports and of those who answer them."""

from django.urls import path

from metropolis.foundation.contact import pages

app_name = "contact"
urlpatterns = [
    path("", pages.write, name="write"),
    path("messages/", pages.messages, name="messages"),
    path("messages/<int:message_id>/", pages.message, name="message"),
    path("problems/", pages.problems, name="problems"),
    path("problems/<int:problem_id>/", pages.problem, name="problem"),
    path("problems/report/<str:kind>/<str:key>/", pages.report, name="report"),
]
