"""What somebody may not see leaves no trace: the site answers them as if it were not there.

All of the site that can be reached is read by somebody who may not see some records, and read again once the records
are deleted. Every answer has to be the same to the last letter: pages, lists and their counts, searches, feeds,
pictures, histories and errors.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from html import unescape
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.test import Client
from django.urls import NoReverseMatch, reverse
from pytest_django import DjangoDbBlocker

from metropolis.foundation.accounts.models import NetworkRole, Person
from metropolis.foundation.following.operations import follow, tell_news
from metropolis.foundation.history.operations import note_changes
from metropolis.foundation.records.models import Translation
from metropolis.foundation.records.operations import save_translation
from metropolis.foundation.records.values import Reference
from metropolis.foundation.workspaces.cards import record_kinds
from metropolis.foundation.workspaces.models import Initiative, Member, ToolInUse
from metropolis.foundation.workspaces.tests.factories import InitiativeFactory
from metropolis.foundation.workspaces.values import Role
from metropolis.tools.exchange.operations import match_waiting, take_in_changes

from .world import WHO, World, add_edition, add_records, kept_in, pages, routes, undone

#: In every text of every hidden record: the first is searched for, the second is nowhere to be met.
ASKED, MARK = "plughbanks", "Zyxwvutsrq"
#: Hidden records are called ``draft-practice``, ``internal-need`` and so on; `closed` ones are public in an initiative
#: that is internal itself. Those called ``the-…`` are public.
HIDDEN = ("draft", "internal", "closed")
KINDS = {
    "practices": "practice",
    "documents": "publication",
    "experts": "expert",
    "exchange": "need",
    "barometer": "barometer",
}
#: Pages of records, that is models with a visibility.
RECORDS = [model for model in apps.get_models() if hasattr(model, "visibility")]
#: Not read: what signs out, what is made anew for every answer, and files that are the same for everybody.
LEFT_OUT = ("/account/sign-out/", "/human-check/", "/static/")
#: Answers read at most by one person.
MOST = 900
#: Made anew for each answer, and so no difference: what protects forms, and human checks.
FRESH = re.compile(r'(?<=value=")[\w:.-]{20,}(?=")|/human-check/[^"/]+/')


def hide(world: World) -> None:
    """Add hidden records of every kind beside the public ones, which refer to them where they can."""
    for slug, visibility in (("closed-initiative", "internal"), ("draft-initiative", "draft")):
        home = InitiativeFactory.create(slug=slug, title=f"{MARK} {ASKED}", story=MARK, visibility=visibility)
        home.cities.add(world.city)
        for tool in ("practices", "experts", "exchange", "barometer"):
            ToolInUse.objects.create(initiative=home, tool=tool)
        Member.objects.create(initiative=home, person=world.people["editor"], role=Role.STEWARD)
    for prefix, who in zip(HIDDEN, ("coordinator", "steward", "editor"), strict=True):
        slug = "closed-initiative" if prefix == "closed" else "the-initiative"
        add_records(slug, world.people[who], prefix, f"{ASKED} {MARK}")
        add_edition(slug, world.people[who], world.people["editor"], prefix, f"{ASKED} {MARK}")
    texts = {"language": "es", "fields": {"title": MARK}, "origin": "author", "author": None}
    for prefix, kind in product(HIDDEN, ("practice", "barometer")):
        reference = Reference(kind=kind, key=f"{prefix}-{kind}")
        save_translation(reference=reference, originals={"title": ""}, **texts)
    show("public")
    take_in_everything()
    match_waiting()
    for reference in references(None):
        follow(person=world.people["stranger"], reference=reference)
    show("public")
    tell_news()
    show("")
    take_in_everything()


def show(visibility: str) -> None:
    """Give the records this visibility, or that of their names."""
    for model in RECORDS:
        for row in model._default_manager.all():
            own = row.slug.partition("-")[0]
            row.visibility = visibility or {"draft": "draft", "internal": "internal"}.get(own, "public")
            if model is Initiative and own == "closed":
                row.visibility = "internal"
            row.save(update_fields=["visibility"])
    note_changes(references=references(editor()))


def editor() -> Person:
    return Person.objects.get(network_role=NetworkRole.EDITOR)


def references(viewer: Person | None) -> set[Reference]:
    """The records somebody may see; editors see all there are."""
    slugs = [slug for model in RECORDS for slug in model._default_manager.values_list("slug", flat=True)]
    return {
        Reference(kind=name, key=key) for name, kind in record_kinds().items() for key in kind.visible(viewer, slugs)
    }


def take_in_everything() -> None:
    while take_in_changes():
        pass


def delete(prefixes: tuple[str, ...]) -> None:
    gone = references(editor())
    for prefix in prefixes:
        for model in RECORDS:
            model._default_manager.filter(slug__startswith=f"{prefix}-").delete()
        Translation.objects.filter(key__startswith=f"{prefix}-").delete()
    note_changes(references=gone)
    take_in_everything()


def addresses(world: World, prefixes: tuple[str, ...]) -> Iterator[str]:
    """Where reading begins: every page of a public and of each hidden record, and whatever may list them."""
    for prefix in ("the", *prefixes):
        paths = [f"practices/{prefix}-practice/", f"initiatives/{prefix}-initiative/", f"needs/{prefix}-need/"]
        paths += ["practices/", "initiatives/", "needs/", "search/", f"experts/{prefix}-expert/", "publications/"]
        for name, page in pages():
            room = name.partition(":")[0]
            parts: dict[str, Any] = dict.fromkeys(page.pattern.converters, "1")
            parts |= {"slug": f"{prefix}-{KINDS.get(room, 'initiative')}", "key": f"{prefix}-practice"}
            parts |= {"kind": "practice", "language": "es", "city_id": world.city.pk, "person_id": world.someone.pk}
            parts |= {"label": "the-edition", "unit": "aurelia"}
            for path in paths if "path" in parts else [""]:
                given = {key: path if key == "path" else parts[key] for key in page.pattern.converters}
                try:
                    yield reverse(name, kwargs=given)
                except NoReverseMatch:
                    continue
        for route in routes():
            method, path = route.split()
            if method == "GET":
                rooms = {"initiatives": "initiative"} | {f"{kind}s": kind for kind in record_kinds()}
                kind = rooms.get(path.split("/")[2], "need")
                parts = {"label": "the-edition", "unit": "aurelia", "language": "es"}
                yield path.format(slug=f"{prefix}-{kind}", city_id=world.city.pk, **parts)
        for kind in record_kinds():
            yield f"/records/{kind}/{prefix}-{kind}/"
            yield f"/compare/?item={kind}:{prefix}-{kind}"
            yield f"/compare/?item=practice:the-practice&item={kind}:{prefix}-{kind}"
    for asked in (ASKED, "banks"):
        yield from (f"/{place}?q={asked}" for place in ("search/", "api/search", "api/suggest", "compare/"))
        yield f"/feeds/search/?q={asked}"
        yield from (f"/search/?q={asked}&kind={kind}" for kind in record_kinds())
    yield f"/cities/{world.city.pk}-{world.city.slug}/"


LINK = re.compile(
    r'(?:href|src|data-[a-z-]+)="(/[^"#]*)|<loc>http://testserver(/[^<]*)|<link[^>]+href="http://testserver(/[^"]*)'
)


def read(client: Client, begin: list[str]) -> dict[str, str]:
    """What is answered at every address, those that answers lead to among them."""
    cookies = deepcopy(client.cookies)
    found: dict[str, str] = {}
    queries: dict[str, int] = {}
    waiting = begin.copy()
    while waiting and len(found) < MOST:
        address = waiting.pop(0)
        if address in found or address.startswith(LEFT_OUT):
            continue
        with undone():
            found[address] = told = said(client.get(address))
        client.cookies = deepcopy(cookies)
        for link in (next(filter(None, groups)) for groups in LINK.findall(told)):
            target = unescape(link)
            path = urlsplit(target).path
            # Enough of the choices of a list to see their counts: all of them lead on without end.
            if target not in found and (target == path or queries.get(path, 0) < 12):
                queries[path] = queries.get(path, 0) + (target != path)
                waiting.append(target)
    return found


def said(answer: Any) -> str:
    text = answer.getvalue().decode("utf-8", "backslashreplace")
    return f"{answer.status_code} {answer.get('Location', '')}\n{FRESH.sub('…', text)}"


def differences(before: dict[str, str], after: dict[str, str]) -> list[str]:
    wrong = [f"{address} is only there while they are" for address in before.keys() - after.keys()]
    wrong += [f"{address} is only there without them" for address in after.keys() - before.keys()]
    for address in before.keys() & after.keys():
        lines = zip(before[address].splitlines(), after[address].splitlines(), strict=False)
        if before[address] != after[address]:
            first = next(((one, other) for one, other in lines if one != other), ("longer", "shorter"))
            wrong.append(f"{address}: {first[0].strip()[:120]!r} and not {first[1].strip()[:120]!r}")
    return wrong


@pytest.fixture(scope="module")
def built(built: tuple[World, Path], django_db_blocker: DjangoDbBlocker) -> tuple[World, Path]:
    """The network with its hidden records."""
    world, folder = built
    with django_db_blocker.unblock(), kept_in(folder):
        hide(world)
    return built


def test_every_kind_of_record_is_hidden(world: World):
    hidden = {reference.kind for reference in references(editor()) if reference.key.startswith(("draft-", "internal-"))}
    assert hidden | {"initiative"} == set(record_kinds())


@pytest.mark.parametrize(
    ("who", "prefixes"),
    [("visitor", HIDDEN), ("stranger", HIDDEN), ("contributor", ("draft",))],
)
def test_what_is_hidden_leaves_no_trace(world: World, who: str, prefixes: tuple[str, ...]):
    assert who in WHO
    client = world.client(who)
    begin = list(dict.fromkeys(addresses(world, prefixes)))
    read(client, begin[:1])
    before = read(client, begin)
    if prefixes == HIDDEN:
        met = [address for address, told in before.items() if MARK in told]
        assert met == []
    delete(prefixes)
    wrong = differences(before, read(client, begin))
    assert wrong == [], "\n".join(wrong)
