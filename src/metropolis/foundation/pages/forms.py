"""Form fields that every tool's forms may use."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.renderers import DjangoTemplates
from django.forms.utils import flatatt
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _


class Renderer(DjangoTemplates):
    """Django's renderer, but for a choice of many: its template includes two more for each option.

    That takes three times as long, and a list of records has some hundred options among its filters.
    """

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """The HTML of a widget, a form or an error."""
        if template_name == forms.Select.template_name:
            return _select(context["widget"])
        return super().render(template_name, context, request)


def _select(widget: Mapping[str, Any]) -> SafeString:
    groups = (
        format_html('<optgroup label="{}">{}</optgroup>', name, _options(options)) if name else _options(options)
        for name, options, _index in widget["optgroups"]
    )
    options = format_html_join("\n", "{}", ((group,) for group in groups))
    return format_html('<select name="{}"{}>\n{}\n</select>', widget["name"], _attributes(widget), options)


def _options(options: list[dict[str, Any]]) -> SafeString:
    rows = ((str(option["value"]), _attributes(option), option["label"]) for option in options)
    return format_html_join("\n", '<option value="{}"{}>{}</option>', rows)


def _attributes(widget: Mapping[str, Any]) -> SafeString:
    return flatatt(widget["attrs"]) if widget["attrs"] else SafeString("")


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
