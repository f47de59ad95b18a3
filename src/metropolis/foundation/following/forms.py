"""How often one wants mails."""

from django import forms
from django.utils.translation import gettext_lazy as _

from metropolis.foundation.following.values import Frequency


class FrequencyForm(forms.Form):
    """The choice of mails."""

    frequency = forms.ChoiceField(
        label=_("Mails with what is new"),
        choices=Frequency,
        widget=forms.RadioSelect,
        help_text=_("A mail is only sent when there is something you have not read here."),
    )
