"""The shape of what people fill in about an initiative."""

from typing import Any

from django import forms
from django.forms.models import model_to_dict
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from metropolis.foundation.places.forms import CityField
from metropolis.foundation.places.models import City
from metropolis.foundation.records.forms import (
    FormWithRows,
    LanguageField,
    LanguagesField,
    PartialDateField,
    RowForm,
    rows_of,
)
from metropolis.foundation.records.values import LONGEST_TEXT, Visibility
from metropolis.foundation.taxonomy.forms import TermsField
from metropolis.foundation.taxonomy.models import Term
from metropolis.foundation.taxonomy.queries import terms_by_code
from metropolis.foundation.workspaces.cards import ToolCard, cards
from metropolis.foundation.workspaces.models import Initiative, Partner
from metropolis.foundation.workspaces.values import Role

#: Cities an initiative names at most: each is looked up.
MOST_CITIES = 200
#: What of the form is not a column of the initiative.
TERMS = {"themes": "theme", "topics": "topic", "sdgs": "sdg"}


class StartForm(forms.Form):
    """What an initiative needs to start with; the rest is told later."""

    title = forms.CharField(label=_("Title"), max_length=160)
    one_line = forms.CharField(
        label=_("In one line"), max_length=240, help_text=_("What it does and for whom, as you would tell a colleague.")
    )
    language = LanguageField(label=_("Language of the text"))
    lead = forms.CharField(
        label=_("Lead"), max_length=200, required=False, help_text=_("The city government or organisation that leads.")
    )
    lead_city = CityField(label=_("City that leads"), required=False)
    status = forms.ChoiceField(
        label=_("Status"), choices=[("", _("unknown")), *Initiative.Status.choices], required=False
    )
    started_on = PartialDateField(label=_("Start"), required=False)
    ended_on = PartialDateField(label=_("End"), required=False)
    story = forms.CharField(
        label=_("Story"), max_length=LONGEST_TEXT, required=False, widget=forms.Textarea,
        help_text=_("What it is for, how it works and what has come of it. An empty line begins a paragraph."),
    )  # fmt: skip
    themes = TermsField("theme", label=_("Themes"), required=False)
    topics = TermsField("topic", label=_("Topics"), required=False)

    @property
    def fields_of_initiative(self) -> dict[str, Any]:
        """The columns, as operations take them."""
        return {name: value for name, value in self.cleaned_data.items() if name not in (*TERMS, "cities")}

    @property
    def terms(self) -> list[Term]:
        """The chosen terms of every vocabulary."""
        chosen = [(vocabulary, name) for name, vocabulary in TERMS.items() if name in self.fields]
        return [
            term
            for vocabulary, name in chosen
            for term in terms_by_code(vocabulary, self.cleaned_data[name], field=name)
        ]


class CitiesField(forms.CharField):
    """Cities, one a line."""

    widget = forms.Textarea(attrs={"rows": 4})

    def clean(self, value: Any) -> Any:
        """Find every city; the first that is unknown or ambiguous is the error."""
        lines = dict.fromkeys(line.strip() for line in super().clean(value).splitlines())
        if len(lines) > MOST_CITIES:
            raise forms.ValidationError(_("Name at most %(most)s cities."), params={"most": MOST_CITIES})
        return [CityField().clean(line) for line in lines if line]


class ChangeForm(StartForm):
    """Everything an initiative says of itself but its lists."""

    stopped_why = forms.CharField(
        label=_("Why it stopped"), max_length=LONGEST_TEXT, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("If it was stopped: what others should know."),
    )  # fmt: skip
    sdgs = TermsField("sdg", label=_("Sustainable Development Goals"), required=False)
    cities = CitiesField(
        label=_("Cities where it happens"), required=False, help_text=_("One a line, such as Rosario, AR.")
    )
    seeks = forms.CharField(
        label=_("What it seeks"), max_length=LONGEST_TEXT, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    offers = forms.CharField(
        label=_("What it offers"), max_length=LONGEST_TEXT, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    contact_role = forms.CharField(label=_("Whom to ask (a role, not a name)"), max_length=160, required=False)
    working_languages = LanguagesField(
        label=_("Working languages"), required=False, widget=forms.SelectMultiple(attrs={"size": 6})
    )
    field_order = (
        "title", "one_line", "story", "language", "lead", "lead_city", "cities", "status", "started_on", "ended_on",
        "stopped_why", "themes", "topics", "sdgs", "seeks", "offers", "contact_role", "working_languages",
    )  # fmt: skip


class PartnerRow(RowForm):
    """A city or an organisation, and as what it takes part."""

    city = CityField(label=_("City"), required=False, help_text="")
    organisation = forms.CharField(label=_("Organisation"), max_length=200, required=False)
    part = forms.CharField(label=_("Takes part as"), max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for the one or the other."""
        row = super().clean()
        if row and not self.errors and not (row.get("city") or row.get("organisation")):
            self.add_error("organisation", _("Name a city or an organisation."))
        return row


class FigureRow(RowForm):
    """A fact or figure."""

    label = forms.CharField(label=_("What it is"), max_length=160, required=False)
    text = forms.CharField(label=_("Figure or fact"), max_length=400, required=False)
    source = forms.CharField(label=_("Source"), max_length=300, required=False)
    needed = ("label", "text")


class LinkRow(RowForm):
    """A link."""

    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    url = forms.URLField(label=_("Address"), max_length=600, required=False, assume_scheme="https")
    needed = ("title", "url")


class SourceRow(RowForm):
    """A document."""

    title = forms.CharField(label=_("Title"), max_length=300, required=False)
    publisher = forms.CharField(label=_("Publisher"), max_length=200, required=False)
    year = forms.IntegerField(label=_("Year"), min_value=1800, max_value=2100, required=False)
    url = forms.URLField(label=_("Address"), max_length=600, required=False, assume_scheme="https")
    needed = ("title",)


LISTS: dict[str, tuple[type[RowForm], Promise]] = {
    "partners": (PartnerRow, _("Partners")),
    "figures": (FigureRow, _("Facts and figures")),
    "links": (LinkRow, _("Links")),
    "sources": (SourceRow, _("Sources")),
}


class WholeInitiative(FormWithRows):
    """The form of everything, with its four lists."""

    form: ChangeForm

    def __init__(self, initiative: Initiative, data: QueryDict | None = None) -> None:
        partners = [
            {"city": partner.city, "organisation": partner.organisation, "part": partner.part}
            for partner in initiative.partners.all()
        ]
        rows = {name: getattr(initiative, name) for name in ("figures", "links", "sources")} | {"partners": partners}
        lists = {name: rows_of(row)(data, prefix=name, initial=rows[name]) for name, (row, _title) in LISTS.items()}
        super().__init__(ChangeForm(data, initial=_initial(initiative)), lists)
        self.sections = [(title, self.lists[name]) for name, (_row, title) in LISTS.items()]

    @property
    def fields_of_initiative(self) -> dict[str, Any]:
        """The columns, the lists kept in one among them, as operations take them."""
        lists = {name: self.lists[name].filled() for name in ("figures", "links", "sources")}
        return self.form.fields_of_initiative | lists

    @property
    def partners(self) -> list[Partner]:
        """The partners, not yet saved."""
        return [Partner(**row) for row in self.lists["partners"].filled()]


def _initial(initiative: Initiative) -> dict[str, Any]:
    values = model_to_dict(initiative, fields=list(ChangeForm.base_fields)) | {"lead_city": initiative.lead_city}
    for name, vocabulary in TERMS.items():
        values[name] = [term.code for term in initiative.terms.all() if term.vocabulary == vocabulary]
    cities: list[City] = list(initiative.cities.all())
    values["cities"] = "\n".join(city.label for city in cities)
    return values


class PublicForm(forms.Form):
    """Who may see an initiative."""

    visibility = forms.ChoiceField(
        label=_("Who may see it"),
        choices=[
            (Visibility.DRAFT, _("Draft: its members only")),
            (Visibility.PUBLIC, _("Public: everybody, and the search")),
        ],
        widget=forms.RadioSelect,
    )


class InvitationForm(forms.Form):
    """Somebody's address, and a role."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.TypedChoiceField(label=_("Role"), choices=Role.choices, coerce=lambda value: Role(int(value)))


class RoleForm(forms.Form):
    """Another role."""

    role = forms.TypedChoiceField(label=_("Role"), choices=Role.choices, coerce=lambda value: Role(int(value)))


class ToolsForm(forms.Form):
    """The tools of an initiative: those that work, and those it asks for."""

    in_use = forms.MultipleChoiceField(label=_("Tools"), required=False, widget=forms.CheckboxSelectMultiple)
    asked_for = forms.MultipleChoiceField(
        label=_("Asked for, not built yet"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Say what your initiative needs: it shows on its page, and what is asked for most is built first."),
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, is_built in (("in_use", True), ("asked_for", False)):
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - says so to the type checker
            field.choices = [(card.slug, _words(card)) for card in cards() if card.is_built is is_built]

    @property
    def tools(self) -> list[str]:
        """All that were chosen."""
        return [*self.cleaned_data["in_use"], *self.cleaned_data["asked_for"]]


def _words(card: ToolCard) -> str:
    return f"{card.title}: {card.purpose}"


class StopForm(forms.Form):
    """When and why an initiative was stopped."""

    on = PartialDateField(label=_("Stopped on"))
    why = forms.CharField(
        label=_("Why it stopped"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea,
        help_text=_("That is what others learn most from."),
    )
