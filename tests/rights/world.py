"""A small network with somebody of every role and one record of every kind, for the tests of rights and of leaks."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client, override_settings
from django.urls import URLPattern, get_resolver
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from metropolis.foundation.accounts.models import (
    AccountClosing,
    Invitation,
    JoinRequest,
    Membership,
    NetworkRole,
    Organisation,
    Person,
    VerifiedDomain,
)
from metropolis.foundation.accounts.tests.factories import PersonFactory, confirmed
from metropolis.foundation.background.operations import enqueue
from metropolis.foundation.background.values import task_id
from metropolis.foundation.contact.models import Message, Problem
from metropolis.foundation.documents.models import Publication
from metropolis.foundation.documents.operations import add_publication
from metropolis.foundation.documents.tests.factories import content as publication
from metropolis.foundation.documents.tests.files import pdf, picture
from metropolis.foundation.following.models import Notice
from metropolis.foundation.taxonomy.operations import load_vocabularies, suggest_term
from metropolis.foundation.workspaces.models import Initiative, Member, ToolInUse
from metropolis.foundation.workspaces.models import Invitation as InitiativeInvitation
from metropolis.foundation.workspaces.tests.factories import CityFactory, InitiativeFactory
from metropolis.foundation.workspaces.values import Role
from metropolis.tools.barometer.models import Barometer, Edition
from metropolis.tools.barometer.operations import add_barometer, publish_edition
from metropolis.tools.barometer.tests.factories import an_edition
from metropolis.tools.barometer.tests.factories import content as barometer
from metropolis.tools.exchange.models import Need, SavedSearch
from metropolis.tools.exchange.operations import add_need, rebuild_index
from metropolis.tools.exchange.values import NeedInput, Question
from metropolis.tools.experts.models import Expert
from metropolis.tools.experts.operations import add_expert
from metropolis.tools.experts.tests.factories import content as expert
from metropolis.tools.practices.models import Practice
from metropolis.tools.practices.operations import add_practice, start_import
from metropolis.tools.practices.tests.factories import content as practice
from metropolis.web.api import api

#: Who tries everything, from the least to the most: `stranger` is a steward, but of another initiative; `author` is a
#: contributor who wrote the records, and the expert whose profile is among them.
WHO = ("visitor", "stranger", "viewer", "contributor", "author", "coordinator", "steward", "editor", "secretariat")

#: What the rows of the tables may say, and whom they mean.
RULES: dict[str, set[str]] = {
    "anyone": set(WHO),
    "member": set(WHO[1:]),
    "viewer": set(WHO[2:]),
    "contributor": set(WHO[3:]),
    "author or coordinator": set(WHO[4:]),
    "coordinator": set(WHO[5:]),
    "author or steward": {"author", *WHO[6:]},
    "steward": set(WHO[6:]),
    "editor": set(WHO[7:]),
    "secretariat": set(WHO[8:]),
    "author": {"author"},
    "steward of the organisation": {"steward", "secretariat"},
    "member of the organisation": {"steward"},
    "who asked to join": {"viewer"},
    "nobody": set(),
    "anyone who finds it": set(WHO),  # only what is public is found
    "author who finds it": {"author"},
    "member who finds it": set(WHO[1:]),
    "contributor somewhere": {"stranger", *WHO[3:]},
    "coordinator somewhere": {"stranger", *WHO[5:]},
}

#: Who knows of a record of each visibility. `closed` is a public record of an initiative that is internal itself.
SEEN_BY: dict[str, set[str]] = {
    "public": RULES["anyone"],
    "internal": RULES["viewer"],
    "draft": RULES["author or coordinator"],
    "closed": RULES["viewer"],
}

#: The one record of each room: its slug wherever an address or an operation of the room asks for one.
SLUGS = {
    "accounts": "the-organisation",
    "workspaces": "the-initiative",
    "documents": "the-publication",
    "practices": "the-practice",
    "experts": "the-expert",
    "exchange": "the-need",
    "barometer": "the-barometer",
}
RECORDS = {"the-publication", "the-practice", "the-expert", "the-need", "the-barometer"}


def seen_by(visibility: str, slug: str, rule: str = "") -> set[str]:
    """Who knows of the record of a slug while the records have this visibility; of what is no record, everybody."""
    if rule.endswith("who finds it"):
        return RULES["anyone" if visibility == "public" else "nobody"]
    if slug == SLUGS["workspaces"]:
        return SEEN_BY["closed" if visibility == "closed" else "public"]
    return SEEN_BY[visibility if slug in RECORDS else "public"]


@dataclass
class World:
    """The people by their role, and what the tables' arguments are made of."""

    people: dict[str, Person | None] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what copying asks for
            raise AttributeError(name)
        return self.things[name]

    def show(self, visibility: str) -> None:
        """Give every record this visibility."""
        record, home = ("public", "internal") if visibility == "closed" else (visibility, "public")
        for model in (Publication, Need, Expert, Practice, Barometer):
            model._default_manager.update(visibility=record)
        Initiative.objects.filter(slug="the-initiative").update(visibility=home)

    def person(self, who: str) -> Person | None:
        """Somebody of this role, as the database has them."""
        person = self.people[who]
        return person and Person.objects.get(pk=person.pk)

    def client(self, who: str) -> Client:
        """A browser in which somebody of this role is signed in."""
        client = Client()
        if person := self.person(who):
            client.force_login(person)
        return client


def difference(name: str, let_in: Mapping[str, bool | None], expected: set[str]) -> list[str]:
    """One line on what was tried, when others were let in than expected."""
    found = {who for who, was in let_in.items() if was}
    wrong, missing = sorted(found - expected), sorted(expected - found)
    return [f"{name}: lets in {wrong}, keeps out {missing}"] if wrong or missing else []


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever is written meanwhile."""
    trial = transaction.atomic()
    trial._from_testcase = True  # as the transactions of Django's own tests, so that a durable one may stand in it
    with trial:
        yield
        transaction.set_rollback(True)


@contextmanager
def kept_in(folder: Path) -> Iterator[None]:
    """Keep the index and the files in this folder."""
    with override_settings(SEARCH_FOLDER=folder / "search", SEARCH_ENCODERS=("use",), MEDIA_ROOT=folder / "files"):
        yield


def add_records(initiative: str, author: Person | None, prefix: str, words: str = "") -> None:
    """Add a draft of every kind to an initiative, called ``prefix-kind``, with these words in its texts."""
    home = {"initiative": initiative, "actor": author}
    told = {"title": f"Green banks {words}", "city": "Rosario, AR"}
    add_practice(**home, content=practice(summary=f"Trees along the water. {words}", **told), slug=f"{prefix}-practice")
    report = publication(title=f"Report {words}", summary=words)
    add_publication(**home, content=report, file=pdf(f"Page {words}"), cover=picture(), slug=f"{prefix}-publication")
    profile = expert(name=f"Ada {words}", role=f"Planner {words}", bio=words, city="Rosario, AR")
    shared = {"contact": "members", "name": "public", "role": "public", "bio": "public", "city": "public"}
    add_expert(**home, content=profile, consents=shared, slug=f"{prefix}-expert")
    for kind in ("need", "offer"):
        content = NeedInput(kind=kind, text=f"We open the banks. {words}", language="en", **told)
        add_need(**home, content=content, slug=f"{prefix}-{kind}")


def build() -> World:
    """Made through the same operations as anybody's data."""
    world = World()
    things = world.things
    load_vocabularies()
    things["city"] = CityFactory.create(name="Rosario")
    things["home"] = InitiativeFactory.create(slug="the-initiative", title="The initiative")
    things["elsewhere"] = InitiativeFactory.create(slug="elsewhere", title="Elsewhere")
    for initiative in (things["home"], things["elsewhere"]):
        for tool in ("practices", "experts", "exchange", "barometer"):
            ToolInUse.objects.create(initiative=initiative, tool=tool)
    roles = {"viewer": 1, "contributor": 2, "author": 2, "coordinator": 3, "steward": 4}
    for who in WHO:
        role = NetworkRole(who) if who in NetworkRole.values else NetworkRole.MEMBER
        world.people[who] = None if who == "visitor" else PersonFactory.create(name=who.title(), network_role=role)
        if who in roles:
            Member.objects.create(initiative=things["home"], person=world.people[who], role=roles[who])
    Member.objects.create(initiative=things["elsewhere"], person=world.people["stranger"], role=Role.STEWARD)
    things["someone"] = PersonFactory.create(name="Someone")
    Member.objects.create(initiative=things["home"], person=things["someone"], role=Role.VIEWER)
    things["empty"] = InitiativeFactory.create(slug="empty", title="Empty")
    Member.objects.create(initiative=things["empty"], person=world.people["steward"], role=Role.STEWARD)
    things["organisation"] = Organisation.objects.create(slug="the-organisation", name="The organisation", kind="city")
    for person in (world.people["steward"], things["someone"]):
        Membership.objects.create(organisation=things["organisation"], person=person, is_steward=True)
    things["home"].author = author = world.people["author"]
    things["home"].save()
    add_records("the-initiative", author, "the")
    edition = add_edition("the-initiative", world.people["coordinator"], world.people["steward"], "the")
    Barometer.objects.update(author=author)
    things["comment"] = edition.comments.get()
    things["suggestion"] = suggest_term(vocabulary="topic", label="Shade", language="en", reason="", person=author)
    sent = {"initiative": "the-initiative", "actor": world.people["coordinator"], "how": "draft"}
    things["queued"] = start_import(**sent, **import_files())
    enqueue("metropolis.foundation.background.tasks.forget_finished", key="failed")
    things["failed"] = str(task_id("failed"))
    DBTaskResult.objects.filter(pk=things["failed"]).update(status="FAILED")
    asks = {"organisation": things["organisation"]}
    things["request"] = JoinRequest.objects.create(**asks, person=world.people["viewer"], message="Please.")
    soon, email = timezone.now() + timedelta(days=1), confirmed(author).email if author else ""
    things["invitation"] = Invitation.objects.create(**asks, email=email, sent_at=timezone.now(), expires_at=soon)
    asked_in = {"initiative": things["home"], "email": email, "role": Role.VIEWER, "expires_at": soon}
    things["asked_in"] = InitiativeInvitation.objects.create(**asked_in)
    things["domain"] = VerifiedDomain.objects.create(**asks, domain="example.org", token="t")
    AccountClosing.objects.create(person=author, due_at=soon)
    letter = {"topic": "other", "name": "A", "email": "a@example.org", "text": "Hello", "language": "en"}
    things["message"] = Message.objects.create(**letter)
    things["problem"] = Problem.objects.create(
        kind="practice", key="the-practice", title="T", url="/", initiative=things["home"], text="Wrong", language="en"
    )
    asked = Question(text="banks").model_dump(mode="json")
    things["search"] = SavedSearch.objects.create(person=author, name="Banks", question=asked)
    reference = {"record_kind": "practice", "record_key": "the-practice"}
    things["notice"] = Notice.objects.create(person=author, key="k", what="new", **reference)
    rebuild_index()
    return world


def add_edition(
    initiative: str, maker: Person | None, publisher: Person | None, prefix: str, words: str = ""
) -> Edition:
    """Publish an edition of a barometer called ``prefix-barometer``, with these words in its texts."""
    assert maker is not None
    assert publisher is not None
    slug = f"{prefix}-barometer"
    told = barometer(title=f"Care {words}", summary=f"How well cities care. {words}")
    add_barometer(initiative=initiative, actor=maker, content=told, slug=slug)
    row = an_edition(maker, initiative, slug=slug, label="the-edition")
    row.comments.create(unit="aurelia", text=f"Two more opened. {words}", answer="Taken in.", author=maker)
    return publish_edition(barometer_slug=slug, label="the-edition", actor=publisher, now=timezone.now())


def import_files() -> dict[str, Any]:
    """A file of one practice, and its mapping."""
    mapping = b'collection = "a"\nkey = "id"\n[fields]\ntitle = "title"'
    return {"file": ContentFile(b'{"id": 1, "title": "A"}', "a.jsonl"), "mapping": ContentFile(mapping, "a.toml")}


def pages(resolver: Any = None, spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, URLPattern]]:
    """Every page by its name, with its rooms: those of the API are in its own table."""
    for found in (resolver or get_resolver()).url_patterns:
        if not isinstance(found, URLPattern):
            yield from pages(found, (*spaces, found.namespace) if found.namespace else spaces)
        elif spaces != ("api",) or str(found.name) in {"api-root", "openapi-json", "openapi-view"}:
            yield ":".join((*spaces, str(found.name))), found


def routes() -> set[str]:
    paths = api.get_openapi_schema()["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
