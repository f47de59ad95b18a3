"""The addresses of the room."""

from django.urls import path

from metropolis.foundation.accounts import pages

app_name = "accounts"
urlpatterns = [
    path("", pages.account, name="account"),
    path("sign-in/", pages.sign_in, name="sign_in"),
    path("sign-out/", pages.sign_out, name="sign_out"),
    path("sign-up/", pages.sign_up, name="sign_up"),
    path("password/", pages.password, name="password"),
    path("network-roles/", pages.network_roles, name="network_roles"),
    path("organisations/", pages.organisations, name="organisations"),
    path("organisations/add/", pages.add_organisation, name="add_organisation"),
    path("organisations/<str:slug>/", pages.organisation, name="organisation"),
    path("organisations/<str:slug>/membership/", pages.membership, name="membership"),
]
