"""The shape of a profile as it is typed in, and of the smaller forms around it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import Resolver404, resolve
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from metropolis.foundation.pages.forms import CityInput
from metropolis.foundation.places.engine import fold, region_name
from metropolis.foundation.records.forms import FormWithRows, LanguageField, RowForm, Rows, language_choices, rows_of
from metropolis.foundation.records.queries import language_name
from metropolis.foundation.records.values import Reference, Visibility
from metropolis.foundation.taxonomy.queries import terms
from metropolis.foundation.workspaces.cards import record_kinds
from metropolis.tools.experts.queries import known_regions
from metropolis.tools.experts.values import (
    MOST_ROWS,
    Audience,
    Availability,
    ExpertFilters,
    ExpertInput,
    FeeKind,
    LanguageLevel,
    Level,
    Shared,
)

#: A consent is asked for in so many words: nothing is chosen by leaving a field empty.
NOBODY = "nobody"
Choices = list[Any]

#: What sharing each part means, beside its question.
MEANING = {
    Shared.NAME: _("Not shared, your profile is titled by your role, or only by a topic."),
    Shared.ROLE: _("In a small administration a role can tell who you are."),
    Shared.ORGANISATION: _("Shown beside your role."),
    Shared.CITY: _("Shared, you are found among those who know your city and near others."),
    Shared.BIO: _("Shared with everybody, search reads it too."),
    Shared.LANGUAGES: _("Shared, you are found by the languages you speak."),
    Shared.METHODS: _("Shared with everybody, search reads it too."),
    Shared.REGIONS: _("Shared, you are found by where you have worked."),
    Shared.EVIDENCE: _("Projects can tell who worked on them."),
    Shared.AVAILABILITY: _("Shared, you are found by whether you can be asked, and at what cost."),
    Shared.CONFLICTS: _("Lets others judge whom you can advise freely."),
    Shared.CONTACT: _("Members write to you here; you see their name and address, they never see yours."),
}


def consent_name(field: str) -> str:
    """The name of the form's field in which the consent to share `field` is given."""
    return f"share_{field}"


def topic_choices() -> Choices:
    """The topics, each group under its parent."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for term in terms("topic"):
        groups.setdefault((term.parent or term).label(), []).append((term.code, term.label()))
    return [("", ""), *groups.items()]


def _languages(known: str) -> Choices:
    """The languages there are to choose from, with the one a profile that came in otherwise has already."""
    offered = language_choices()
    return offered if not known or known in dict(offered) else [*offered, (known, language_name(known))]


def _region_choices() -> Choices:
    language = get_language() or "en"
    named = [(code, region_name(code, language)) for code in known_regions()]
    return sorted(named, key=lambda region: fold(region[1]))


class ProfileForm(forms.Form):
    """What a profile says of itself, part by part, with whom each is shared; rows are in sets beside it."""

    name = forms.CharField(label=Shared.NAME.label, max_length=120)
    role = forms.CharField(label=Shared.ROLE.label, max_length=160, required=False)
    organisation = forms.CharField(label=Shared.ORGANISATION.label, max_length=200, required=False)
    city = forms.CharField(
        label=Shared.CITY.label, required=False, widget=CityInput, help_text=_("With its country: Rosario, AR.")
    )
    bio = forms.CharField(
        label=_("About"),
        max_length=2400,
        required=False,
        widget=forms.Textarea,
        help_text=_("What you have done and what you can help with."),
    )
    language = LanguageField(label=_("Language of these texts"))
    methods = forms.CharField(label=Shared.METHODS.label, max_length=1200, required=False, widget=forms.Textarea)
    regions = forms.MultipleChoiceField(
        label=Shared.REGIONS.label, choices=_region_choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    availability = forms.ChoiceField(label=_("Availability"), choices=[("", ""), *Availability.choices], required=False)
    availability_note = forms.CharField(
        label=_("How and when"), max_length=240, required=False, help_text=_("Such as two days a month, by video.")
    )
    fee_kind = forms.ChoiceField(label=_("Fee"), choices=[("", ""), *FeeKind.choices], required=False)
    conflicts = forms.CharField(
        label=_("Interests to declare"),
        max_length=1200,
        required=False,
        widget=forms.Textarea,
        help_text=_("Firms you own or work for, contracts you bid for, cities you cannot advise."),
    )
    contact_email = forms.EmailField(
        label=_("E-mail address"), required=False, help_text=_("Never shown: only the coordinators see it.")
    )

    def __init__(self, *args: Any, may_consent: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        _offer(self, "language", _languages(self.initial.get("language", "")))
        if not may_consent:
            return
        for field in Shared:
            audiences = [choice for choice in Audience.choices if (field, choice[0]) != (Shared.CONTACT, "public")]
            self.fields[consent_name(field)] = forms.ChoiceField(
                label=format_lazy(_("{part}: who sees it"), part=field.label)
                if field != Shared.CONTACT
                else _("Who may write to you here"),
                choices=[(NOBODY, _("Nobody")), *audiences],
                initial=NOBODY,
                help_text=MEANING[field],
            )


class WhoseForm(forms.Form):
    """Where a new profile lives and whose it is."""

    initiative = forms.ChoiceField(
        label=_("Initiative"), help_text=_("Its coordinators can read the whole profile and validate your topics.")
    )
    whose = forms.ChoiceField(
        label=_("Whose profile is it?"),
        choices=[("own", _("Mine")), ("other", _("Somebody’s who has no account and has agreed to each choice below"))],
        initial="own",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, initiatives: Iterable[tuple[str, str]], adds_others: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        _offer(self, "initiative", list(initiatives))
        if not adds_others:
            del self.fields["whose"]

    @property
    def is_own(self) -> bool:
        """Whether the profile is that of the one who types it in."""
        return bool(self.cleaned_data.get("whose", "own") == "own")


class TopicForm(RowForm):
    """A topic and a level."""

    topic = forms.ChoiceField(label=_("Topic"), required=False)
    level = forms.TypedChoiceField(
        label=_("Level"), coerce=int, choices=[("", ""), *Level.choices], required=False, empty_value=None
    )
    needed = ("topic", "level")

    def __init__(self, *args: Any, topics: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        _offer(self, "topic", topics)


class SpokenForm(RowForm):
    """A language and a level."""

    language = LanguageField(label=_("Language"), required=False)
    level = forms.ChoiceField(label=_("How well"), choices=[("", ""), *LanguageLevel.choices], required=False)
    needed = ("language", "level")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _offer(self, "language", [("", ""), *_languages(self.initial.get("language", ""))])


class EvidenceForm(RowForm):
    """A record of the platform and what the expert did there."""

    reference = forms.CharField(label=_("Its address on this platform"), max_length=400, required=False)
    note = forms.CharField(label=_("Your part in it"), max_length=240, required=False)
    needed = ("reference",)

    def clean_reference(self) -> str:
        """Read an address such as /practices/open-streets/, or a reference such as practice:open-streets."""
        given = str(self.cleaned_data["reference"]).strip()
        try:
            match = resolve(urlsplit(given).path)
            return f"{match.url_name}:{match.kwargs['slug']}"
        except (Resolver404, KeyError):
            pass
        if given and given.partition(":")[0] not in record_kinds():
            raise ValidationError(_("Copy the address of a practice, an initiative or a publication of this platform."))
        return given


def _offer(form: forms.Form, name: str, choices: Choices) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type
    field.choices = choices


class Profile(FormWithRows):
    """The whole form of a profile: its fields and its rows, and of a new one where it lives and whose it is."""

    form: ProfileForm

    def __init__(
        self,
        data: QueryDict | None,
        *,
        known: Mapping[str, Any],
        consents: Mapping[str, str] | None = None,
        may_consent: bool = True,
        whose: WhoseForm | None = None,
    ) -> None:
        """`known` is what the profile says already, as `ExpertInput` names it; `consents` are those given."""
        self.whose = whose
        given = {consent_name(field): audience or NOBODY for field, audience in (consents or {}).items()}
        evidence = [{**row, "reference": str(Reference(**row["reference"]))} for row in known.get("evidence", ())]
        super().__init__(
            ProfileForm(data, initial={**known, **given}, may_consent=may_consent),
            {
                "topics": rows_of(TopicForm, more=3)(
                    data, prefix="topics", initial=known.get("topics"), form_kwargs={"topics": topic_choices()}
                ),
                "languages": rows_of(SpokenForm)(data, prefix="languages", initial=known.get("languages")),
                "evidence": rows_of(EvidenceForm)(data, prefix="evidence", initial=evidence),
            },
        )

    def is_valid(self) -> bool:
        """Check every part, so that all errors are shown at once; then that there is a topic and nothing twice."""
        whole = [super().is_valid(), self.whose is None or self.whose.is_valid()]
        if not all(whole):
            return False
        if not self.lists["topics"].filled():
            self.lists["topics"].forms[0].add_error("topic", _("Choose at least one topic."))
        for rows in self.lists.values():
            _refuse_repeated(rows)
        return super().is_valid()

    def __iter__(self) -> Iterator[forms.BoundField]:
        yield from self.whose or ()
        yield from super().__iter__()

    @property
    def content(self) -> ExpertInput:
        """What was typed in, once it is valid."""
        told = {name: value for name, value in self.form.cleaned_data.items() if name in ExpertInput.model_fields}
        lists = {name: tuple(rows.filled()) for name, rows in self.lists.items()}
        return ExpertInput.model_validate({**told, **lists, "regions": tuple(told["regions"])})

    @property
    def consents(self) -> dict[str, str]:
        """With whom each part is shared, empty for nobody; nothing where these questions were not asked."""
        given = self.form.cleaned_data
        asked = {field.value: given[name] for field in Shared if (name := consent_name(field)) in given}
        return {field: "" if audience == NOBODY else audience for field, audience in asked.items()}

    def parts(self) -> dict[str, dict[str, Any]]:
        """The fields of each part of the profile, with the question whom to share it with."""
        fields = {field: (field.value,) for field in Shared if field.value in self.form.fields} | {
            Shared.BIO: ("bio", "language"),
            Shared.AVAILABILITY: ("availability", "availability_note", "fee_kind"),
            Shared.CONTACT: ("contact_email",),
        }
        asked = self.form.fields.keys()
        return {
            field.value: {
                "fields": [self.form[name] for name in fields.get(field, ())],
                "consent": self.form[name] if (name := consent_name(field)) in asked else None,
            }
            for field in Shared
        }


def _refuse_repeated(rows: Rows) -> None:
    seen: set[object] = set()
    for form in rows.forms:
        first = next(iter(form.fields))
        value = form.cleaned_data.get(first)
        if value in seen:
            form.add_error(first, _("This is there already; keep one."))
        elif value and len(seen) == MOST_ROWS:
            form.add_error(first, _("There are too many rows; keep the twelve that matter most."))
        seen |= {value} - {None, ""}


class ValidationForm(forms.Form):
    """A coordinator's word on a topic."""

    level = forms.TypedChoiceField(label=_("Level you confirm"), coerce=int, choices=Level.choices)
    expires_on = forms.DateField(
        label=_("Valid until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("At most five years from today. After that the declared level counts again."),
    )


class AskForm(forms.Form):
    """A message to an expert."""

    message = forms.CharField(
        label=_("Your message"),
        max_length=2000,
        widget=forms.Textarea,
        help_text=_("What your city wants to do, what you would like to know, and by when."),
    )


class VisibilityForm(forms.Form):
    """Who may know of a profile."""

    visibility = forms.ChoiceField(choices=Visibility.choices)


def filters_of(query: QueryDict) -> ExpertFilters:
    """The filters in a page's address; characters that no code holds are not looked for."""
    given = {name: query.getlist(name) for name in ExpertFilters.model_fields}
    return ExpertFilters(**{name: tuple(filter(str.isprintable, values)) for name, values in given.items()})
