"""The shape of a message, a report and what becomes of it."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from metropolis.foundation.contact.values import LONGEST_MESSAGE, Outcome, Reason, Topic
from metropolis.foundation.records.values import validate_name


class MessageForm(forms.Form):
    """A message to the secretariat."""

    topic = forms.ChoiceField(label=_("What it is about"), choices=[("", _("Choose")), *Topic.choices])
    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        validators=[validate_name],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        help_text=_("The answer goes there, and nobody else sees it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    text = forms.CharField(
        label=_("Your message"), max_length=LONGEST_MESSAGE, widget=forms.Textarea(attrs={"rows": 8})
    )


class ProblemForm(forms.Form):
    """What a member reports of a record."""

    reason = forms.ChoiceField(label=_("What is wrong"), choices=Reason, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("Where, and how it should be"),
        help_text=_("With a source, if you know one."),
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class VisitorProblemForm(ProblemForm):
    """What somebody without an account reports."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        required=False,
        help_text=_("If you want to be told what became of it. Only those who look after the record see it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class SettleForm(forms.Form):
    """What became of a reported problem."""

    outcome = forms.ChoiceField(
        label=pgettext_lazy("reported problem", "What became of it"),
        choices=[(Outcome.RESOLVED, Outcome.RESOLVED.label), (Outcome.DISMISSED, Outcome.DISMISSED.label)],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("What was done, or why not"),
        help_text=_("Whoever reported it reads this."),
        required=False,
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
