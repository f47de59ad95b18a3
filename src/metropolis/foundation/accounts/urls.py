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
    path("data/", pages.own_data, name="own_data"),
    path("data/export/", pages.export, name="export"),
    path("data/archives/<int:export_id>/", pages.archive, name="archive"),
    path("data/delete-account/", pages.close, name="close"),
    path("data/keep-account/", pages.keep, name="keep"),
    path("data/<str:key>/", pages.own_rows, name="own_rows"),
    path("organisations/", pages.organisations, name="organisations"),
    path("organisations/add/", pages.add_organisation, name="add_organisation"),
    path("organisations/<str:slug>/", pages.organisation, name="organisation"),
    path("organisations/<str:slug>/membership/", pages.membership, name="membership"),
    path("organisations/<str:slug>/change/", pages.change_organisation, name="change_organisation"),
    path("organisations/<str:slug>/join/", pages.join, name="join"),
    path("organisations/<str:slug>/people/", pages.organisation_people, name="organisation_people"),
    path("organisations/<str:slug>/people/<int:person_id>/", pages.organisation_person, name="organisation_person"),
    path("organisations/<str:slug>/requests/<int:request_id>/", pages.join_request, name="join_request"),
    path("organisations/<str:slug>/invitations/<int:invitation_id>/", pages.sent_invitation, name="sent_invitation"),
    path("organisations/<str:slug>/domains/", pages.domains, name="domains"),
    path("organisations/<str:slug>/domains/<int:domain_id>/", pages.domain, name="domain"),
    path("my-organisations/", pages.own_organisations, name="own_organisations"),
    path("invitations/<int:invitation_id>/", pages.invitation, name="invitation"),
]
