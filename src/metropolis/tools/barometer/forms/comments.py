"""What cities say of their data, and what the makers answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from metropolis.tools.barometer.engine import Framework


class CommentForm(forms.Form):
    """What is wrong or missing, and with which figure."""

    node = forms.ChoiceField(label=_("It is about"), required=False)
    text = forms.CharField(
        label=_("Comment"),
        min_length=3,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("If a figure is wrong, say the right one and its source."),
    )

    def __init__(self, data: Any = None, *, framework: Framework, node: str = "") -> None:
        super().__init__(data, initial={"node": node})
        field = self.fields["node"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - so declared above
        nodes = [(node.code, node.label) for node in framework.indicators]
        field.choices = [("", _("All figures together")), *nodes]


class AnswerForm(forms.Form):
    """What was corrected, or why not."""

    answer = forms.CharField(label=_("Answer"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
