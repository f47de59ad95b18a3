"""The experts of the demonstration. All are invented: every family name is a word for “example”."""

from datetime import date, timedelta

from metropolis.demo.files import read
from metropolis.demo.people import Accounts
from metropolis.engine_kit import Value
from metropolis.foundation.records.values import Visibility
from metropolis.tools.experts.operations import add_expert, set_expert_visibility, validate_topic
from metropolis.tools.experts.values import Audience, ExpertInput, Shared


class ValidationRow(Value):
    """A topic's level that was validated some days ago, for a number of days from then."""

    topic: str
    level: int
    days_ago: int
    days: int


class ExpertRow(ExpertInput):
    """A row of `experts.json`: the profile, what it shares with the public and with members, what was validated."""

    slug: str
    initiative: str
    public: tuple[Shared, ...] = ()
    members: tuple[Shared, ...] = ()
    validations: tuple[ValidationRow, ...] = ()

    def content(self) -> ExpertInput:
        """What the profile says."""
        return ExpertInput.model_validate(self.model_dump(include=set(ExpertInput.model_fields)))

    def consents(self) -> dict[str, str]:
        """With whom each part is shared."""
        public = dict.fromkeys(self.public, Audience.PUBLIC)
        return {
            str(field): str(audience)
            for field, audience in (public | dict.fromkeys(self.members, Audience.MEMBERS)).items()
        }


def expert_rows() -> list[ExpertRow]:
    """Every expert of the demonstration."""
    return [ExpertRow.model_validate(row) for row in read("experts.json")]


def load_expert(row: ExpertRow, accounts: Accounts, today: date) -> None:
    """Add an invented profile, publish it and validate its topics, as the secretariat."""
    actor = accounts.secretariat
    slug = add_expert(
        initiative=row.initiative,
        actor=actor,
        content=row.content(),
        consents=row.consents(),
        is_fictional=True,
        slug=row.slug,
    )
    set_expert_visibility(slug=slug, actor=actor, visibility=Visibility.PUBLIC)
    for validation in row.validations:
        validated_on = today - timedelta(days=validation.days_ago)
        validate_topic(
            slug=slug,
            topic=validation.topic,
            actor=actor,
            level=validation.level,
            validated_on=validated_on,
            expires_on=validated_on + timedelta(days=validation.days),
        )
