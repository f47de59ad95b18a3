"""A choice of many is written as Django writes it."""

import re

from django import forms
from django.forms.renderers import DjangoTemplates


class ChoiceForm(forms.Form):
    city = forms.ChoiceField(
        choices=[("", "All"), ("a<b", "Bread & Roses"), ("South", [(1, "One"), (2, "Two")]), ("z", "Last")],
        widget=forms.Select(attrs={"data-note": 'a "quoted" <word>', "disabled": True, "hidden": False}),
    )
    several = forms.MultipleChoiceField(choices=[("a", "A"), ("b", "B")])


def parts(html: str) -> list[str]:
    """The elements and words of an HTML text, whatever the order of attributes and the space between elements."""
    return [
        " ".join(sorted(piece.strip("<>").split()))
        for piece in re.findall(r"<[^>]+>|[^<\s][^<]*", html)
        if piece.strip()
    ]


def test_a_choice_is_written_as_django_writes_it():
    data = {"city": "2", "several": ["a", "b"]}
    ours, theirs = ChoiceForm(data), ChoiceForm(data, renderer=DjangoTemplates())
    for name in ChoiceForm.base_fields:
        assert parts(str(ours[name])) == parts(str(theirs[name]))
    assert '<option value="2" selected>Two</option>' in str(ours["city"])
    assert '<option value="a&lt;b">Bread &amp; Roses</option>' in str(ours["city"])
