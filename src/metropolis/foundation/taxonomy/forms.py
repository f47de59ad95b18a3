"""Choosing terms of a vocabulary, and suggesting one that is missing."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from metropolis.foundation.records.forms import LanguageField
from metropolis.foundation.taxonomy.models import Term
from metropolis.foundation.taxonomy.queries import terms


class TermChoices(forms.CheckboxSelectMultiple):
    """Checkboxes of a vocabulary; the branches of a tree can be folded, and those with a choice are open."""

    template_name = "taxonomy/term_choices.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """What the template needs: each branch's name, its choices and whether one of them is chosen."""
        context = super().get_context(name, value, attrs)
        context["branches"] = [
            (branch, choices, any(choice["selected"] for choice in choices))
            for branch, choices, _index in context["widget"]["optgroups"]
        ]
        return context


class TermsField(forms.MultipleChoiceField):
    """Terms of one vocabulary, given as their codes."""

    widget = TermChoices

    def __init__(self, vocabulary: str, **options: Any) -> None:
        super().__init__(choices=lambda: _choices(vocabulary), **options)


def _choices(vocabulary: str) -> list[tuple[str, Any]]:
    """A flat vocabulary as choices; each branch of a tree as a group that begins with the branch itself."""
    rows = terms(vocabulary)
    roots = [term for term in rows if term.parent is None]
    if len(roots) == len(rows):
        return [(term.code, term.label()) for term in rows]
    return [
        (root.label(), [(term.code, term.label()) for term in rows if root in (term, term.parent)]) for root in roots
    ]


class SuggestionForm(forms.Form):
    """A term somebody misses."""

    vocabulary = forms.ChoiceField(label=_("Vocabulary"), choices=Term.Vocabulary.choices, initial="topic")
    label = forms.CharField(label=_("Term"), max_length=80)
    language = LanguageField(label=_("Language of the term"))
    reason = forms.CharField(
        label=_("What it is needed for"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
