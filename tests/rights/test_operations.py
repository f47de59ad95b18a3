"""Every operation of every room, tried by somebody of every role: who is let through is what the table says.

A new operation fails here until it has its row: the least role that may, and what it is given beside the usual.
"""

import importlib.util
import inspect
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from metropolis.engine_kit import MetropolisError, NotAllowed, NotFound
from metropolis.foundation.accounts.models import NetworkRole, Person
from metropolis.foundation.accounts.tests.factories import PASSWORD
from metropolis.foundation.documents.tests.factories import content as publication
from metropolis.foundation.records.values import Reference, Visibility
from metropolis.foundation.workspaces.values import Role
from metropolis.tools.barometer.engine import Report
from metropolis.tools.barometer.tests.factories import content as barometer
from metropolis.tools.barometer.values import CommentInput, EditionInput
from metropolis.tools.exchange.values import NeedInput, Question
from metropolis.tools.experts.tests.factories import content as expert
from metropolis.tools.practices.tests.factories import content as practice

from .world import RULES, SEEN_BY, SLUGS, WHO, World, difference, import_files, seen_by, undone

#: Told by the program itself, or by an operation that has judged the right: they know of no person.
PROGRAM = "the program"

ORGANISATION = "steward of the organisation"
REPORT = {"reason": "wrong", "text": "The year is wrong.", "sent_by": ()}
MESSAGE = {"topic": "other", "name": "A", "email": "a@example.org", "text": "Hello there.", "sent_by": ()}
NEED = {"title": "Green banks", "text": "We want to open the banks.", "language": "en", "city": "Rosario, AR"}


#: Each operation with who may (a rule of `world.RULES`), and the arguments it takes beside `USUAL`; one that is called
#: has to be made of the world.
TABLE: dict[str, str | tuple[str, dict[str, Any]]] = {
    "accounts.accept_invitation": ("author", {"invitation_id": lambda world: world.invitation.pk}),
    "accounts.approve_join_request": (ORGANISATION, {"request_id": lambda world: world.request.pk}),
    "accounts.ask_for_archive": "member",
    "accounts.ask_to_close_account": ("member", {"password": PASSWORD}),
    "accounts.ask_to_join": ("member", {"message": "Please."}),
    "accounts.change_account": ("member", {"name": "A"}),
    "accounts.change_organisation": (ORGANISATION, {"name": "A", "kind": "city"}),
    "accounts.check_domain": (ORGANISATION, {"domain_id": lambda world: world.domain.pk}),
    "accounts.check_sign_in": PROGRAM,
    "accounts.claim_domain": (ORGANISATION, {"domain": "example.net"}),
    "accounts.close_account": PROGRAM,
    "accounts.close_due_accounts": PROGRAM,
    "accounts.confirm_domain": ("secretariat", {"domain_id": lambda world: world.domain.pk}),
    "accounts.confirm_email": ("member", {"email": "a@example.net"}),
    "accounts.decline_invitation": ("author", {"invitation_id": lambda world: world.invitation.pk}),
    "accounts.decline_join_request": (
        ORGANISATION,
        {"request_id": lambda world: world.request.pk, "reason": "No room."},
    ),
    "accounts.end_other_sessions": ("member", {"keep": "a"}),
    "accounts.end_session": ("nobody", {"session": 1}),  # one's own, and here is none
    "accounts.export_data": ("member", {"to": lambda _world: BytesIO()}),
    "accounts.forget_archives": PROGRAM,
    "accounts.forget_sessions": PROGRAM,
    "accounts.forget_unconfirmed": PROGRAM,
    "accounts.give_network_role": ("secretariat", {"role": NetworkRole.EDITOR}),
    "accounts.give_up_domain": (ORGANISATION, {"domain_id": lambda world: world.domain.pk}),
    "accounts.invite": (ORGANISATION, {"email": "new@example.org"}),
    "accounts.join_by_domain": ("member", {"email": "a@example.org"}),
    "accounts.join_organisation": "member",
    "accounts.keep_account": "author",
    "accounts.leave_organisation": "member",
    "accounts.make_archive": PROGRAM,
    "accounts.note_security_change": ("member", {"verb": "change_password"}),
    "accounts.note_sign_in": ("member", {"by": "password"}),
    "accounts.open_account": PROGRAM,
    "accounts.recheck_domain": PROGRAM,
    "accounts.recheck_domains": PROGRAM,
    "accounts.refund_guess": PROGRAM,
    "accounts.refund_try": PROGRAM,
    "accounts.register_organisation": ("member", {"name": "A club", "kind": "club"}),
    "accounts.remove_from_organisation": ORGANISATION,
    "accounts.resend_invitation": (ORGANISATION, {"invitation_id": lambda world: world.invitation.pk}),
    "accounts.revoke_invitation": (ORGANISATION, {"invitation_id": lambda world: world.invitation.pk}),
    "accounts.set_organisation_confirmed": ("secretariat", {"is_confirmed": True}),
    "accounts.set_organisation_role": (ORGANISATION, {"is_steward": False}),
    "accounts.set_password": ("member", {"password": "seven plain words"}),
    "accounts.spend_code": PROGRAM,
    "accounts.spend_guess": PROGRAM,
    "accounts.spend_try": PROGRAM,
    "accounts.spend_unchecked_sign_up": PROGRAM,
    "accounts.void_unproven_ways_in": "member",
    "accounts.withdraw_join_request": "who asked to join",
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
    "barometer.add_barometer": ("coordinator", {"content": barometer()}),
    "barometer.add_comment": ("contributor", {"content": CommentInput(unit="aurelia", text="Two more opened.")}),
    "barometer.add_edition": ("author or coordinator", {"content": EditionInput(label="another")}),
    "barometer.add_estimates": ("author or coordinator", {"estimates": None}),
    "barometer.answer_comment": (
        "coordinator",
        {"comment_id": lambda world: world.comment.pk, "answer": "Yes.", "now": lambda _world: timezone.now()},
    ),
    "barometer.change_barometer": ("author or coordinator", {"content": barometer()}),
    "barometer.change_edition": ("author or coordinator", {"content": EditionInput(label="another")}),
    "barometer.compute_edition": PROGRAM,
    "barometer.delete_barometer": ("author or steward", {}),
    "barometer.delete_edition": "author or coordinator",
    "barometer.publish_edition": ("steward", {"now": lambda _world: timezone.now()}),
    "barometer.refuse_tables": ("author or coordinator", {"report": Report()}),
    "barometer.set_barometer_visibility": "author or coordinator",
    "barometer.set_edition_state": ("author or coordinator", {"state": "draft"}),
    "barometer.set_method": "author or coordinator",
    "barometer.set_tables": "author or coordinator",
    "barometer.set_unit_cities": ("author or coordinator", {"cities": {}}),
    "barometer.translate_barometer": (
        "contributor",
        {"language": "fr", "fields": {"title": "Le baromètre"}, "texts": {}, "origin": "translator"},
    ),
    "barometer.undo_change": "author or coordinator",
    "contact.report_problem": ("anyone who finds it", REPORT),
    "contact.set_message_answered": ("secretariat", {"id": lambda world: world.message.pk, "is_answered": True}),
    "contact.settle_problem": ("coordinator", {"id": lambda world: world.problem.pk, "outcome": "settled"}),
    "contact.write_message": ("anyone", MESSAGE),
    "documents.add_publication": ("contributor", {"content": publication()}),
    "documents.change_publication": ("author or coordinator", {"content": publication()}),
    "documents.delete_publication": "author or coordinator",
    "documents.read_text": PROGRAM,
    "documents.set_publication_visibility": "author or coordinator",
    "documents.translate_publication": "author or coordinator",
    "exchange.add_need": ("contributor", {"content": NeedInput.model_validate(NEED)}),
    "exchange.change_need": ("author or coordinator", {"content": NeedInput.model_validate(NEED)}),
    "exchange.close_need": ("author or coordinator", {"status": "met"}),
    "exchange.delete_need": "author or coordinator",
    "exchange.change_search": ("author", {"search": lambda world: world.search.pk, "name": "B"}),
    "exchange.delete_search": ("author", {"search": lambda world: world.search.pk}),
    "exchange.embed_ahead": PROGRAM,
    "exchange.forget_person": PROGRAM,
    "exchange.keep_up": PROGRAM,
    "exchange.mark_match": ("author or coordinator", {"state": "kept"}),
    "exchange.match_need": PROGRAM,
    "exchange.match_search": PROGRAM,
    "exchange.match_waiting": PROGRAM,
    "exchange.prepare_index": PROGRAM,
    "exchange.rebuild_index": PROGRAM,
    "exchange.renew_index": PROGRAM,
    "exchange.save_search": (
        "member",
        {"name": "A", "query": "q=banks", "question": Question(text="banks")},
    ),
    "exchange.save_vectors": PROGRAM,
    "exchange.see_matches": "anyone",
    "exchange.set_need_visibility": "author or coordinator",
    "exchange.take_in_changes": PROGRAM,
    "exchange.warm_vectors": PROGRAM,
    "experts.add_expert": ("coordinator", {"content": expert(), "is_own": False}),
    "experts.ask_expert": ("member", {"message": "May we ask?"}),
    "experts.change_expert": ("author or coordinator", {"content": expert()}),
    "experts.delete_expert": "author or coordinator",
    "experts.forget_person": PROGRAM,
    "experts.give_consent": ("author", {"field": "methods", "audience": "public"}),
    "experts.set_expert_visibility": "author",
    "experts.validate_topic": (
        "coordinator",
        {"topic": "mobility", "level": 2, "expires_on": lambda _world: timezone.localdate() + timedelta(days=365)},
    ),
    "experts.withdraw_consent": ("author or coordinator", {"field": "contact"}),
    "experts.withdraw_validation": ("coordinator", {"topic": "mobility"}),
    "following.choose_frequency": ("member", {"frequency": "daily"}),
    "following.follow": "member who finds it",
    "following.forget_old_notices": PROGRAM,
    "following.mark_read": "member",
    "following.notify": PROGRAM,
    "following.plan_digests": PROGRAM,
    "following.send_digest": PROGRAM,
    "following.tell_news": PROGRAM,
    "following.unfollow": "member",
    "following.unsubscribe": "member",
    "history.note_changes": PROGRAM,
    "history.record": PROGRAM,
    "history.record_many": PROGRAM,
    "history.settle_changes": PROGRAM,
    "mail.deliver_mail": PROGRAM,
    "mail.forget_undelivered": PROGRAM,
    "mail.send_mail": PROGRAM,
    "history.settle_untold": PROGRAM,
    "human_check.answer_challenge": PROGRAM,
    "human_check.show_challenge": PROGRAM,
    "human_check.use_challenge": PROGRAM,
    "limits.refund": PROGRAM,
    "limits.spend": PROGRAM,
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
    "records.forget_followers": PROGRAM,
    "records.forget_record": PROGRAM,
    "records.link_records": PROGRAM,
    "records.require_translation": PROGRAM,
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
    "workspaces.accept_invitation": ("author", {"invitation_id": lambda world: world.asked_in.pk}),
    "workspaces.decline_invitation": ("author", {"invitation_id": lambda world: world.asked_in.pk}),
    "workspaces.invite_member": ("steward", {"email": "new@example.org", "role": Role.VIEWER}),
    "workspaces.join_initiative": ("member", {"initiative": lambda world: world.home, "role": Role.VIEWER}),
    "workspaces.remove_member": "steward",
    "workspaces.revoke_invitation": ("steward", {"invitation_id": lambda world: world.asked_in.pk}),
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
    "barometer_slug": SLUGS["barometer"],
    "label": "the-edition",
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
        except (NotAllowed, NotFound):
            return True
        except MetropolisError:
            return False  # the right was there, and something else was not
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
        slug = told.get("slug", told.get("barometer_slug", told.get("initiative", "")))
        seen = seen_by(visibility, str(slug), rule)
        # No program calls these without a person: the types forbid it.
        people = WHO[1:] if rule.startswith("member") else WHO
        answers = {who: not refused(name, given, world, who) for who in people}
        wrong += difference(name, answers, RULES[rule] & seen)
    assert wrong == [], "\n".join(wrong)
