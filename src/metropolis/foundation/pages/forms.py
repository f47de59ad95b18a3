"""Form fields that every tool's forms may use."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class CityInput(forms.TextInput):
    """A text field for a city ("Rosario, AR") that offers suggestions where JavaScript runs."""

    template_name = "pages/widgets/city.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """What ``components/city_input.html`` needs, from the names Django gives its attributes."""
        context = super().get_context(name, value, attrs)
        given = context["widget"]["attrs"]
        context["described_by"] = given.get("aria-describedby", "")
        context["wrong"] = given.get("aria-invalid") == "true"
        return context


class DesignForm(forms.Form):
    """A form with every kind of field, for the design page."""

    title = forms.CharField(label=_("Title"), max_length=120, help_text=_("What a colleague would search for."))
    city = forms.CharField(label=_("City"), widget=CityInput, help_text=_("With its country: Rosario, AR."))
    theme = forms.ChoiceField(
        label=_("Theme"),
        choices=[
            ("governance", _("Governance")),
            ("inclusion", _("Social inclusion")),
            ("innovation", _("Urban innovation")),
            ("sustainability", _("Sustainability")),
        ],
        widget=forms.RadioSelect,
    )
    started_on = forms.DateField(
        label=_("Started on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    story = forms.CharField(label=_("Story"), required=False, widget=forms.Textarea)
    document = forms.FileField(label=_("Document"), required=False, help_text=_("PDF, 25 MB at most."))
    agreed = forms.BooleanField(label=_("The partners agree to its publication."))
