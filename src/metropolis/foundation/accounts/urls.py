"""The addresses of the room."""

from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.urls import path

from metropolis.foundation.accounts import pages
from metropolis.foundation.accounts.pages import ways_in

app_name = "accounts"
urlpatterns = [
    path("", pages.account, name="account"),
    path("sign-in/", ways_in.sign_in, name="sign_in"),
    path("sign-out/", pages.sign_out, name="sign_out"),
    path("sign-up/", ways_in.sign_up, name="sign_up"),
    path("sign-up/by-mail/", ways_in.sign_up_by_mail, name="sign_up_by_mail"),
    path("password/", ways_in.password, name="password"),
    path("sessions/", pages.sessions, name="sessions"),
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
    path("organisations/<str:slug>/confirmation/", pages.organisation_confirmation, name="organisation_confirmation"),
    path("organisations/<str:slug>/people/", pages.organisation_people, name="organisation_people"),
    path("organisations/<str:slug>/people/<int:person_id>/", pages.organisation_person, name="organisation_person"),
    path("organisations/<str:slug>/invitations/", pages.organisation_invitations, name="organisation_invitations"),
    path("organisations/<str:slug>/requests/<int:request_id>/", pages.join_request, name="join_request"),
    path("organisations/<str:slug>/invitations/<int:invitation_id>/", pages.sent_invitation, name="sent_invitation"),
    path("organisations/<str:slug>/domains/", pages.domains, name="domains"),
    path("organisations/<str:slug>/domains/<int:domain_id>/", pages.domain, name="domain"),
    path("my-organisations/", pages.own_organisations, name="own_organisations"),
    path("invitations/<int:invitation_id>/", pages.invitation, name="invitation"),
]

#: The pages that django-allauth asks for by its own names; what it has besides is switched off.
ways_in_urls = [
    path("sign-in/", ways_in.sign_in, name="account_login"),
    path("sign-in/code/", ways_in.ask_for_code, name="account_request_login_code"),
    path("sign-in/code/confirm/", ways_in.sign_in_code, name="account_confirm_login_code"),
    path("sign-in/passkey/", ways_in.sign_in_by_passkey, name="mfa_login_webauthn"),
    path("sign-in/second-step/", ways_in.second_step, name="mfa_authenticate"),
    path("sign-in/cancelled/", ways_in.provider_cancelled, name="socialaccount_login_cancelled"),
    path("sign-in/failed/", ways_in.provider_failed, name="socialaccount_login_error"),
    path("sign-in/with/<slug:provider_id>/", openid_connect.login, name="openid_connect_login"),
    path("sign-in/with/<slug:provider_id>/callback/", openid_connect.callback, name="openid_connect_callback"),
    path("sign-up/", ways_in.sign_up, name="account_signup"),
    path("sign-up/passkey/", ways_in.sign_up_by_passkey, name="account_signup_by_passkey"),
    path("sign-up/passkey/make/", ways_in.first_passkey, name="mfa_signup_webauthn"),
    path("confirm-email/", ways_in.confirm_email, name="account_email_verification_sent"),
    path("email/", ways_in.email, name="account_email"),
    path("password/", ways_in.password, name="account_change_password"),
    path("password/first/", ways_in.first_password, name="account_set_password"),
    path("password/forgotten/", ways_in.forgotten_password, name="account_reset_password"),
    path("password/forgotten/code/", ways_in.forgotten_password_code, name="account_confirm_password_reset_code"),
    path("password/forgotten/new/", ways_in.new_password, name="account_complete_password_reset"),
    path("confirm/", ways_in.confirm_by_password, name="account_reauthenticate"),
    path("confirm/code/", ways_in.confirm_by_code, name="mfa_reauthenticate"),
    path("confirm/passkey/", ways_in.confirm_by_passkey, name="mfa_reauthenticate_webauthn"),
    path("security/", ways_in.security, name="mfa_index"),
    path("security/passkeys/add/", ways_in.add_passkey, name="mfa_add_webauthn"),
    path("security/passkeys/<int:pk>/remove/", ways_in.remove_passkey, name="mfa_remove_webauthn"),
    path("security/app/add/", ways_in.add_authenticator_app, name="mfa_activate_totp"),
    path("security/app/remove/", ways_in.remove_authenticator_app, name="mfa_deactivate_totp"),
    path("security/recovery-codes/", ways_in.show_recovery_codes, name="mfa_view_recovery_codes"),
    path("security/recovery-codes/make/", ways_in.make_recovery_codes, name="mfa_generate_recovery_codes"),
]
