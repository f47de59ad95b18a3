"""The shape of what people fill in about themselves and their organisations."""

from metropolis.foundation.accounts.forms.organisations import OrganisationForm, OrganisationsForm
from metropolis.foundation.accounts.forms.people import NameForm, PasswordForm, SignInForm, SignUpForm

__all__ = ["NameForm", "OrganisationForm", "OrganisationsForm", "PasswordForm", "SignInForm", "SignUpForm"]
