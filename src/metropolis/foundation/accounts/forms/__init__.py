"""The shape of what people fill in about themselves and their organisations."""

from metropolis.foundation.accounts.forms.organisations import (
    DecisionForm,
    DomainForm,
    InvitationForm,
    JoinForm,
    NewOrganisationForm,
    OrganisationForm,
    OrganisationsForm,
)
from metropolis.foundation.accounts.forms.own_data import (
    ClosingForm,
)
from metropolis.foundation.accounts.forms.people import NameForm, SignUpByMailForm

__all__ = [
    "ClosingForm",
    "DecisionForm",
    "DomainForm",
    "InvitationForm",
    "JoinForm",
    "NameForm",
    "NewOrganisationForm",
    "OrganisationForm",
    "OrganisationsForm",
    "SignUpByMailForm",
]
