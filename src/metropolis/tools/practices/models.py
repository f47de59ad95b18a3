"""A practice: what a city tried, with its parts, results and sources."""

import re

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from metropolis.foundation.records.values import Visibility, validate_partial_date

YEARS = (MinValueValidator(1800), MaxValueValidator(2100))


class Practice(models.Model):
    """Something a city does or did, told so that another city can learn from it.

    Publishable as a snapshot (the fields down to `summary`); the rest makes it a full case. The template is the one
    in `engine/template.py`.
    """

    class Scale(models.TextChoices):
        """How large a place the practice covers."""

        STREET = "street", _("Street")
        NEIGHBOURHOOD = "neighbourhood", _("Neighbourhood")
        DISTRICT = "district", _("District")
        CITY = "city", _("City")
        METROPOLITAN = "metropolitan", _("Metropolitan area")
        REGIONAL = "regional", _("Region")
        NATIONAL = "national", _("Country")

    class Status(models.TextChoices):
        """Where the practice stands; a stopped one says why."""

        PLANNED = "planned", _("Planned")
        PILOT = "pilot", _("Pilot")
        RUNNING = "running", _("Running")
        SCALED = "scaled", _("Scaled up")
        ENDED = "ended", _("Ended")
        STOPPED = "stopped", _("Stopped")

    class Evidence(models.TextChoices):
        """How well the results are known."""

        REPORTED = "reported", _("Reported by those who run it")
        MEASURED = "measured", _("Measured before and after")
        EVALUATED = "evaluated", _("Evaluated by others")
        COMPARED = "compared", _("Compared with a control group")

    # Identity
    slug = models.SlugField(max_length=120, unique=True, allow_unicode=True)
    initiative = models.ForeignKey("workspaces.Initiative", on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    title = models.CharField(_("title"), max_length=160)
    one_line = models.CharField(_("in one line"), max_length=240)
    summary = models.TextField(_("summary"), max_length=2400)
    language = models.CharField(_("language of the text"), max_length=12, default="en")
    city = models.ForeignKey("places.City", verbose_name=_("city"), on_delete=models.PROTECT, related_name="+")
    organisation = models.CharField(_("organisation that runs it"), max_length=200, blank=True)
    scale = models.CharField(_("scale"), max_length=15, choices=Scale, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, blank=True)
    stopped_why = models.TextField(_("why it stopped"), blank=True)
    started_on = models.CharField(_("start"), max_length=10, blank=True, validators=[validate_partial_date])
    ended_on = models.CharField(_("end"), max_length=10, blank=True, validators=[validate_partial_date])
    terms = models.ManyToManyField("taxonomy.Term", related_name="+")
    # Why
    situation = models.TextField(_("situation before"), blank=True)
    problem = models.TextField(_("problem"), blank=True)
    trigger = models.TextField(_("what set it off"), blank=True)
    objectives = models.TextField(_("objectives"), blank=True)
    policy_background = models.TextField(_("policy and legal background"), blank=True)
    # What
    actions = models.TextField(_("actions"), blank=True)
    methods = models.TextField(_("methods"), blank=True)
    technology = models.TextField(_("technology"), blank=True)
    adapted_from = models.CharField(_("adapted from"), max_length=240, blank=True)
    # Who
    participation = models.TextField(_("participation"), blank=True)
    target_groups = models.TextField(_("target groups"), blank=True)
    sponsor = models.CharField(_("sponsor"), max_length=200, blank=True)
    staff_and_skills = models.TextField(_("staff and skills"), blank=True)
    # Governance
    powers_needed = models.TextField(_("powers needed"), blank=True)
    legal_instruments = models.TextField(_("legal instruments"), blank=True)
    # Money
    cost_total = models.DecimalField(_("total cost"), max_digits=16, decimal_places=2, null=True, blank=True)
    cost_capital = models.DecimalField(_("capital cost"), max_digits=16, decimal_places=2, null=True, blank=True)
    cost_running = models.DecimalField(_("running cost a year"), max_digits=16, decimal_places=2, null=True, blank=True)
    cost_currency = models.CharField(_("currency (ISO 4217)"), max_length=3, blank=True)
    cost_year = models.PositiveSmallIntegerField(_("year of the prices"), null=True, blank=True, validators=YEARS)
    cost_note = models.CharField(_("what the cost covers"), max_length=400, blank=True)
    funding_sources = models.TextField(_("sources of funding"), blank=True)
    financing_instruments = models.TextField(_("financing instruments"), blank=True)
    unit_cost = models.CharField(_("unit cost"), max_length=160, blank=True)
    # Results beside the measured ones
    evaluation = models.TextField(_("evaluation"), blank=True)
    evidence = models.CharField(_("evidence"), max_length=10, choices=Evidence, blank=True)
    unintended_effects = models.TextField(_("unintended effects"), blank=True)
    equity_effects = models.TextField(_("effects on equity"), blank=True)
    co_benefits = models.TextField(_("co-benefits"), blank=True)
    # Learning
    success_factors = models.TextField(_("what made it succeed"), blank=True)
    limiting_factors = models.TextField(_("what limited it"), blank=True)
    failures = models.TextField(_("what failed"), blank=True)
    lessons = models.TextField(_("lessons"), blank=True)
    # Transfer
    preconditions = models.TextField(_("preconditions"), blank=True)
    minimum_capacity = models.TextField(_("least capacity needed"), blank=True)
    cost_to_copy = models.CharField(_("cost to copy"), max_length=240, blank=True)
    time_to_copy = models.CharField(_("time to copy"), max_length=240, blank=True)
    offers_to_others = models.TextField(_("what the city offers to others"), blank=True)
    adopters = models.ManyToManyField("places.City", verbose_name=_("known adopters"), related_name="+")
    reuse_licence = models.CharField(_("licence for re-use"), max_length=60, blank=True)
    # Classes and trust
    hazards = models.CharField(_("hazards"), max_length=240, blank=True)
    keywords = models.CharField(_("keywords"), max_length=400, blank=True)
    awards = models.TextField(_("awards"), blank=True)
    contact_role = models.CharField(_("whom to ask (a role, not a name)"), max_length=160, blank=True)
    links = models.JSONField(_("links"), default=list, blank=True)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    reviewed_on = models.DateField(null=True, blank=True)
    review_due_on = models.DateField(null=True, blank=True)
    version = models.PositiveSmallIntegerField(default=1)
    updating_note = models.CharField(_("what changed"), max_length=240, blank=True)
    # What an import needs to recognise its rows: the row's name in its file, what it said, and the version it made.
    import_key = models.CharField(max_length=160, blank=True, editable=False)
    import_digest = models.CharField(max_length=64, blank=True, editable=False)
    import_version = models.PositiveSmallIntegerField(default=0, editable=False)
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.DRAFT)
    completeness = models.FloatField(default=0.0, editable=False)
    is_transferable = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-updated_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(status="stopped") | ~models.Q(stopped_why=""),
                name="a_stopped_practice_says_why",
                violation_error_message=_("Say why it stopped: that is what others learn most from."),
            ),
            models.UniqueConstraint(
                fields=["initiative", "import_key"], condition=~models.Q(import_key=""), name="a_row_is_imported_once"
            ),
        )
        indexes = (
            # Not by visibility, which nearly all share: SQLite would prefer such an index to that of the slugs.
            models.Index(fields=["-updated_at", "-id"], name="practices_as_listed"),
            models.Index(fields=["title", "id"], name="practices_by_title"),
            models.Index(fields=["-started_on", "-id"], name="practices_by_start"),
            models.Index(fields=["-completeness", "-id"], name="practices_by_completeness"),
            models.Index(
                fields=["initiative", "-updated_at", "-id", "visibility", "author"], name="practices_of_an_initiative"
            ),
            # Holds all that counting and the choices of the filters look at.
            models.Index(
                fields=["city", "visibility", "initiative", "author", "language", "status"], name="practices_as_counted"
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of the practice."""
        return reverse("practices:practice", args=[self.slug])


class BuildingBlock(models.Model):
    """A re-usable part of a practice: core parts must be kept when it is copied, adaptable ones may change."""

    class Kind(models.TextChoices):
        """Whether the part may change."""

        CORE = "core", _("Core")
        ADAPTABLE = "adaptable", _("Adaptable")

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="building_blocks")
    title = models.CharField(_("title"), max_length=160)
    description = models.TextField(_("description"), blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.title


class Source(models.Model):
    """A public document a practice's facts come from."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="sources")
    title = models.CharField(_("title"), max_length=300)
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True, validators=YEARS)
    url = models.URLField(_("address"), max_length=600)
    language = models.CharField(_("language"), max_length=12, blank=True)
    quote = models.CharField(_("words that prove it"), max_length=400, blank=True)
    accessed_on = models.DateField(_("read on"), null=True, blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.title


class Result(models.Model):
    """One measured effect: an indicator, what it was before, what it became, and who says so."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="results")
    indicator = models.CharField(_("indicator"), max_length=240)
    baseline = models.CharField(_("baseline"), max_length=120, blank=True)
    baseline_on = models.CharField(
        _("date of the baseline"), max_length=10, blank=True, validators=[validate_partial_date]
    )
    value = models.CharField(_("value"), max_length=120)
    unit = models.CharField(_("unit"), max_length=80, blank=True)
    measured_on = models.CharField(_("measured on"), max_length=10, blank=True, validators=[validate_partial_date])
    method = models.CharField(_("method"), max_length=300, blank=True)
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.SET_NULL, related_name="results")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.indicator}: {self.value_as_read} {self.unit}".strip()

    @property
    def value_as_read(self) -> str:
        """The value as the reader writes numbers, if it is one."""
        return _as_read(self.value)

    @property
    def baseline_as_read(self) -> str:
        """The baseline as the reader writes numbers, if it is one."""
        return _as_read(self.baseline)


def _as_read(text: str) -> str:
    # Four digits alone may be a year.
    is_long = re.fullmatch(r"\d{5,15}(\.\d+)?", text)
    return str(number_format(text, force_grouping=True)) if is_long else text


class KeyDate(models.Model):
    """A moment that mattered; at most five a practice."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="key_dates")
    on = models.CharField(_("date"), max_length=10, validators=[validate_partial_date])
    event = models.CharField(_("what happened"), max_length=240)

    class Meta:
        ordering = ("on", "id")

    def __str__(self) -> str:
        return f"{self.on} {self.event}"


class Supporter(models.Model):
    """A partner of a practice and how it supports it."""

    class Support(models.TextChoices):
        """What a partner gives."""

        MONEY = "money", _("Money")
        PEOPLE = "people", _("People")
        KNOWLEDGE = "knowledge", _("Knowledge")
        LAND = "land", _("Land")
        EQUIPMENT = "equipment", _("Equipment")
        POLITICAL = "political", _("Political support")
        OTHER = "other", _("Other")

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="partners")
    name = models.CharField(_("name"), max_length=200)
    support = models.CharField(_("support"), max_length=10, choices=Support, default=Support.OTHER)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name


class Import(models.Model):
    """A file of practices that waits to be taken in, how far that is, and what became of its rows."""

    class How(models.TextChoices):
        """How far to go."""

        CHECK = "check", _("Only say what would become of each row")
        DRAFT = "draft", _("Take the rows in as drafts")
        PUBLISH = "publish", _("Take the rows in and publish them")

    class State(models.TextChoices):
        """What has become of it."""

        WAITING = "waiting", pgettext_lazy("import", "Waiting")
        DONE = "done", pgettext_lazy("import", "Done")
        REFUSED = "refused", pgettext_lazy("import", "Refused")
        CANCELLED = "cancelled", pgettext_lazy("import", "Cancelled")

    initiative = models.ForeignKey("workspaces.Initiative", on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=12)
    how = models.CharField(max_length=7, choices=How)
    file = models.FileField(upload_to="imports/")
    mapping = models.FileField(upload_to="imports/")
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    message = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.initiative}: {self.done} of {self.total}"

    def get_absolute_url(self) -> str:
        """The page that says how far it is."""
        return reverse("practices:import_progress", args=[self.pk])
