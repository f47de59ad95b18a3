"""Every operation of every room, tried by somebody of every role: who is let through is what the table says.

A new operation fails here until it has its row: the least role that may, and what it is given beside the usual.
"""

import importlib.util
import inspect
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from metropolis.engine_kit import MetropolisError
from metropolis.foundation.accounts.models import NetworkRole, Person
from metropolis.foundation.accounts.tests.factories import PASSWORD
from metropolis.foundation.documents.tests.factories import content as publication
from metropolis.foundation.records.values import Reference, Visibility
from metropolis.foundation.workspaces.values import Role
from metropolis.tools.exchange.values import NeedInput
from metropolis.tools.experts.tests.factories import content as expert
from metropolis.tools.practices.tests.factories import content as practice

from .world import RULES, SEEN_BY, SLUGS, WHO, World, difference, import_files, seen_by, undone

#: Told by the program itself, or by an operation that has judged the right: they know of no person.
PROGRAM = "the program"

NEED = {"title": "Green banks", "text": "We want to open the banks.", "language": "en", "city": "Rosario, AR"}


#: Each operation with who may (a rule of `world.RULES`), and the arguments it takes beside `USUAL`; one that is called
#: has to be made of the world.
TABLE: dict[str, str | tuple[str, dict[str, Any]]] = {
    "accounts.change_account": ("member", {"name": "A"}),
    "accounts.change_password": ("member", {"password": PASSWORD, "new_password": "seven plain words"}),
    "accounts.check_sign_in": PROGRAM,
    "accounts.give_network_role": ("secretariat", {"role": NetworkRole.EDITOR}),
    "accounts.join_organisation": "member",
    "accounts.leave_organisation": "member",
    "accounts.open_account": PROGRAM,
    "accounts.register_organisation": ("member", {"name": "A club", "kind": "club"}),
    "background.discard_task": PROGRAM,
    "background.dismiss_dead_workers": PROGRAM,
    "background.dismiss_worker": PROGRAM,
    "background.enqueue": PROGRAM,
    "background.enqueue_due": PROGRAM,
    "background.forget_finished": PROGRAM,
    "background.keep_alive": PROGRAM,
    "background.register_worker": PROGRAM,
    "background.retry_task": PROGRAM,
    "background.work_off": PROGRAM,
    "background.work_one": PROGRAM,
    "documents.add_publication": ("contributor", {"content": publication()}),
    "documents.change_publication": ("author or coordinator", {"content": publication()}),
    "documents.delete_publication": "author or coordinator",
    "documents.set_publication_visibility": "author or coordinator",
    "documents.translate_publication": "author or coordinator",
    "exchange.add_need": ("contributor", {"content": NeedInput.model_validate(NEED)}),
    "exchange.change_need": ("author or coordinator", {"content": NeedInput.model_validate(NEED)}),
    "exchange.close_need": ("author or coordinator", {"status": "met"}),
    "exchange.delete_need": "author or coordinator",
    "exchange.embed_ahead": PROGRAM,
    "exchange.keep_up": PROGRAM,
    "exchange.mark_match": ("author or coordinator", {"state": "kept"}),
    "exchange.match_need": PROGRAM,
    "exchange.match_waiting": PROGRAM,
    "exchange.prepare_index": PROGRAM,
    "exchange.rebuild_index": PROGRAM,
    "exchange.renew_index": PROGRAM,
    "exchange.save_vectors": PROGRAM,
    "exchange.see_matches": "anyone",
    "exchange.set_need_visibility": "author or coordinator",
    "exchange.take_in_changes": PROGRAM,
    "exchange.warm_vectors": PROGRAM,
    "experts.add_expert": ("coordinator", {"content": expert(), "is_own": False}),
    "experts.ask_expert": ("others", {"message": "May we ask?"}),
    "experts.change_expert": ("author or coordinator", {"content": expert()}),
    "experts.delete_expert": "author or coordinator",
    "experts.give_consent": ("author", {"field": "bio", "audience": "public"}),
    "experts.set_expert_visibility": "author",
    "experts.validate_topic": (
        "coordinator",
        {"topic": "mobility", "level": 2, "expires_on": lambda _world: timezone.localdate() + timedelta(days=365)},
    ),
    "experts.withdraw_consent": ("author or coordinator", {"field": "contact"}),
    "experts.withdraw_validation": ("coordinator", {"topic": "mobility"}),
    "history.note_changes": PROGRAM,
    "history.record": PROGRAM,
    "history.record_many": PROGRAM,
    "history.settle_changes": PROGRAM,
    "mail.deliver_mail": PROGRAM,
    "mail.send_mail": PROGRAM,
    "places.load_places": PROGRAM,
    "practices.add_practice": ("contributor", {"content": practice()}),
    "practices.cancel_import": ("coordinator", {"id": lambda world: world.queued.pk}),
    "practices.change_practice": ("author or coordinator", {"content": practice()}),
    "practices.delete_practice": "author or coordinator",
    "practices.forget_imports": PROGRAM,
    "practices.import_practices": ("coordinator", {"rows": ()}),
    "practices.open_import": PROGRAM,
    "practices.review_practice": (
        "coordinator",
        {"reviewed_on": date(2026, 1, 1), "review_due_on": date(2027, 1, 1)},
    ),
    "practices.run_import": PROGRAM,
    "practices.set_practice_visibility": "author or coordinator",
    "practices.start_import": ("coordinator", {**import_files(), "how": "draft"}),
    "practices.translate_practice": "contributor",
    "records.forget_record": PROGRAM,
    "records.link_records": PROGRAM,
    "records.require_valid": PROGRAM,
    "records.save_translation": PROGRAM,
    "records.unlink_record": PROGRAM,
    "taxonomy.load_vocabularies": PROGRAM,
    "taxonomy.settle_suggestion": ("editor", {"id": lambda world: world.suggestion.pk}),
    "taxonomy.suggest_term": ("member", {"vocabulary": "topic", "label": "Shade", "reason": ""}),
    "upkeep.discard_task": ("secretariat", {"task": lambda world: world.failed}),
    "upkeep.retry_task": ("secretariat", {"task": lambda world: world.failed}),
    "workspaces.change_initiative": "coordinator",
    "workspaces.delete_initiative": ("steward", {"slug": "empty"}),
    "workspaces.follow_initiative": ("member", {"following": True}),
    "workspaces.remove_member": "steward",
    "workspaces.set_initiative_visibility": "coordinator",
    "workspaces.set_role": ("steward", {"role": Role.VIEWER}),
    "workspaces.set_tools": ("coordinator", {"tools": ["practices"]}),
    "workspaces.start_initiative": ("member", {"fields": {"title": "A", "one_line": "B"}}),
    "workspaces.stop_initiative": ("steward", {"on": "2026", "why": "No money."}),
    "workspaces.switch_tool": ("coordinator", {"tool": "practices", "on": False}),
    "workspaces.translate_initiative": "coordinator",
}

#: What operations are given by the name of their parameter; `slug` is that of the room's record.
USUAL: dict[str, Any] = {
    "initiative": "the-initiative",
    "visibility": Visibility.INTERNAL,
    "language": "fr",
    "fields": {"title": "T"},
    "origin": "author",
    "reference": Reference(kind="practice", key="the-practice"),
    "person": lambda world: world.someone,
    "organisation": lambda world: world.organisation,
}
#: Where an operation takes who does it: the first of these that it has.
ACTORS = ("actor", "author", "person")


def operations() -> dict[str, Callable[..., Any]]:
    """Every public function of every room's ``operations``, by room and name."""
    found = {}
    for room in apps.get_app_configs():
        if importlib.util.find_spec(f"{room.name}.operations"):
            module = importlib.import_module(f"{room.name}.operations")
            for name, function in inspect.getmembers(module, inspect.isfunction):
                if function.__module__.startswith(module.__name__) and name[0] != "_":
                    found[f"{room.label}.{name}"] = function
    return found


OPERATIONS = operations()


def test_every_operation_has_a_row_and_every_row_an_operation():
    assert OPERATIONS.keys() ^ TABLE.keys() == set()


def test_what_the_program_alone_does_takes_no_person():
    taking = {
        name
        for name, row in TABLE.items()
        if row == PROGRAM
        for parameter in inspect.signature(OPERATIONS[name]).parameters.values()
        if parameter.annotation in {Person, Person | None}
    }
    assert taking == set()


def arguments(name: str, given: dict[str, Any], world: World) -> dict[str, Any]:
    parameters = inspect.signature(OPERATIONS[name]).parameters
    usual = USUAL | {"slug": SLUGS.get(name.partition(".")[0])}
    needed = [key for key, one in parameters.items() if one.default is one.empty and key in usual]
    made = {key: usual[key] for key in needed} | given
    return {key: value(world) if callable(value) else value for key, value in made.items()}


def refused(name: str, given: dict[str, Any], world: World, who: str) -> bool:
    function = OPERATIONS[name]
    actor = next(key for key in ACTORS if key in inspect.signature(function).parameters)
    with undone():
        try:
            made = function(**arguments(name, given, world) | {actor: world.person(who)})
            if isinstance(made, Iterator):
                list(made)
        except MetropolisError:
            return True
    return False


@pytest.mark.parametrize("visibility", SEEN_BY)
def test_who_is_let_through_is_what_the_table_says(world: World, visibility: str):
    world.show(visibility)
    wrong = []
    for name, row in TABLE.items():
        rule, given = row if isinstance(row, tuple) else (row, {})
        if rule == PROGRAM:
            continue
        told = arguments(name, given, world)
        seen = seen_by(visibility, str(told.get("slug", told.get("initiative", ""))))
        # No program calls these without a person: the types forbid it.
        people = WHO[1:] if rule == "member" else WHO
        answers = {who: not refused(name, given, world, who) for who in people}
        wrong += difference(name, answers, RULES[rule] & seen)
    assert wrong == [], "\n".join(wrong)
