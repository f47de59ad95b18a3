"""Every page and every route of the API, tried by somebody of every role: who gets in is what the tables say.

A new address fails here until it has its row: the least role that may read it, and the one that may write to it.
"""

import json
import re
from copy import deepcopy
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from metropolis.tools.barometer.tests.factories import content as barometer
from metropolis.tools.practices.tests.factories import content as practice

from .world import RULES, SEEN_BY, SLUGS, WHO, World, difference, pages, routes, seen_by, undone

#: Led through by django-allauth, whose steps depend on the ones before: tried by the tests of signing in.
WAY_IN = "whoever signs in"

#: Each page by its name, and who may read it or write to it, by the methods it takes; with what is sent, where the page
#: would else refuse anybody for what is missing.
PAGES: dict[str, str | tuple[str, dict[str, str]]] = {
    "account_change_password": WAY_IN,
    "account_complete_password_reset": WAY_IN,
    "account_confirm_login_code": WAY_IN,
    "account_confirm_password_reset_code": WAY_IN,
    "account_email": WAY_IN,
    "account_email_verification_sent": WAY_IN,
    "account_login": WAY_IN,
    "account_reauthenticate": WAY_IN,
    "account_request_login_code": WAY_IN,
    "account_reset_password": WAY_IN,
    "account_set_password": WAY_IN,
    "account_signup": WAY_IN,
    "account_signup_by_passkey": WAY_IN,
    "mfa_activate_totp": WAY_IN,
    "mfa_add_webauthn": WAY_IN,
    "mfa_authenticate": WAY_IN,
    "mfa_deactivate_totp": WAY_IN,
    "mfa_generate_recovery_codes": WAY_IN,
    "mfa_index": WAY_IN,
    "mfa_login_webauthn": WAY_IN,
    "mfa_reauthenticate": WAY_IN,
    "mfa_reauthenticate_webauthn": WAY_IN,
    "mfa_remove_webauthn": WAY_IN,
    "mfa_signup_webauthn": WAY_IN,
    "mfa_view_recovery_codes": WAY_IN,
    "openid_connect_callback": WAY_IN,
    "openid_connect_login": WAY_IN,
    "socialaccount_login_cancelled": WAY_IN,
    "socialaccount_login_error": WAY_IN,
    "accounts:account": "member",
    "accounts:add_organisation": "member",
    "accounts:membership": "member",
    "accounts:network_roles": "secretariat",
    "accounts:organisation": "anyone",
    "accounts:organisations": "anyone",
    "accounts:password": "member",
    "accounts:sign_in": "anyone",
    "accounts:sign_out": "anyone",
    "accounts:sign_up": "anyone",
    "api:api-root": "nobody",
    "api:openapi-json": "anyone",
    "api:openapi-view": "anyone",
    "barometer:add": "coordinator somewhere",
    "barometer:answer": ("coordinator", {"answer": "Yes."}),
    "barometer:barometer": "anyone",
    "barometer:barometers": "anyone",
    "barometer:change": "author or coordinator",
    "barometer:comments": "viewer",
    "barometer:compare": "anyone",
    "barometer:data": "anyone",
    "barometer:delete": "author or steward",
    "barometer:delete_edition": "author or coordinator",
    "barometer:download": "anyone",
    "barometer:edition": "anyone",
    "barometer:framework": "anyone",
    "barometer:make": "author or coordinator",
    "barometer:make_breaks": "author or coordinator",
    "barometer:make_cities": "author or coordinator",
    "barometer:make_edition": "author or coordinator",
    "barometer:make_method": "author or coordinator",
    "barometer:make_recipe": "author or coordinator",
    "barometer:make_report": "author or coordinator",
    "barometer:make_survey": "author or coordinator",
    "barometer:make_tables": "author or coordinator",
    "barometer:make_text": "author or coordinator",
    "barometer:method": "anyone",
    "barometer:publish": "steward",
    "barometer:questionnaire": "anyone",
    "barometer:report": "anyone",
    "barometer:report_file": "author or coordinator",
    "barometer:reweighed": "anyone",
    "barometer:sensitivity": "anyone",
    "barometer:set_state": ("author or coordinator", {"state": "draft"}),
    "barometer:set_visibility": ("author or coordinator", {"visibility": "draft"}),
    "barometer:table_template": "author or coordinator",
    "barometer:translate": "contributor",
    "barometer:undo": "author or coordinator",
    "barometer:unit": "anyone",
    "barometer:xlsform": "anyone",
    "documents:add": "member",
    "documents:change": "author or coordinator",
    "documents:cover": "anyone",
    "documents:delete": "author or coordinator",
    "documents:file": "anyone",
    "documents:publication": "anyone",
    "documents:publications": "anyone",
    "documents:translate": "author or coordinator",
    "documents:visibility": "author or coordinator",
    "exchange:add_need": "member",
    "exchange:change_need": "author or coordinator",
    "exchange:city": "anyone",
    "exchange:close_need": "author or coordinator",
    "exchange:compare": "anyone",
    "exchange:delete_need": "author or coordinator",
    "exchange:home": "anyone",
    "exchange:mark_match": "author or coordinator",
    "exchange:my_needs": "member",
    "exchange:need": "anyone",
    "exchange:needs": "anyone",
    "exchange:points": "anyone",
    "exchange:record": "anyone who finds it",
    "exchange:search": "anyone",
    "exchange:set_need_visibility": "author or coordinator",
    "experts:add": "contributor somewhere",
    "experts:ask": "member",
    "experts:delete": "author or coordinator",
    "experts:edit": "author or coordinator",
    "experts:expert": "anyone",
    "experts:experts": "anyone",
    "experts:unvalidate": "coordinator",
    "experts:validate": "coordinator",
    "experts:visibility": ("author or coordinator", {"visibility": "draft"}),
    "experts:withdraw": "author or coordinator",
    "pages:about": "anyone",
    "pages:design": "nobody",
    "places:suggest": "anyone",
    "mail:mail": "nobody",
    "mail:outbox": "nobody",
    "practices:add": "contributor somewhere",
    "practices:cancel_import": "coordinator",
    "practices:delete": "author or coordinator",
    "practices:edit": "author or coordinator",
    "practices:edit_section": "author or coordinator",
    "practices:history": "anyone",
    "practices:import": "coordinator somewhere",
    "practices:import_progress": "coordinator",
    "practices:practice": "anyone",
    "practices:practices": "anyone",
    "practices:review": "coordinator",
    "practices:set_visibility": ("author or coordinator", {"visibility": "draft"}),
    "practices:translate": "contributor",
    "practices:translations": "contributor",
    "set_language": "anyone",
    "taxonomy:settle": "editor",
    "taxonomy:suggest": "member",
    "taxonomy:topics": "anyone",
    "upkeep:discard": "secretariat",
    "upkeep:overview": "secretariat",
    "upkeep:retry": "secretariat",
    "workspaces:add": "member",
    "workspaces:change": "coordinator",
    "workspaces:delete": "steward",
    "workspaces:initiative": "anyone",
    "workspaces:initiatives": "anyone",
    "workspaces:invitation": "author",
    "workspaces:member": ("steward", {"role": "2"}),
    "workspaces:members": "steward",
    "workspaces:own": "member",
    "workspaces:points": "anyone",
    "workspaces:revoke_invitation": "steward",
    "workspaces:rights": "anyone",
    "workspaces:stop": "steward",
    "workspaces:tools": "coordinator",
    "workspaces:translate": "coordinator",
    "workspaces:visibility": "coordinator",
    "accounts:archive": "nobody",
    "accounts:change_organisation": "steward of the organisation",
    "accounts:close": "member",
    "accounts:domain": "steward of the organisation",
    "accounts:domains": "steward of the organisation",
    "accounts:export": "member",
    "accounts:invitation": "author",
    "accounts:join": "member",
    "accounts:join_request": "steward of the organisation",
    "accounts:keep": "author",
    "accounts:organisation_confirmation": "secretariat",
    "accounts:organisation_invitations": "steward of the organisation",
    "accounts:organisation_people": "steward of the organisation",
    "accounts:organisation_person": "steward of the organisation",
    "accounts:own_data": "member",
    "accounts:own_organisations": "member",
    "accounts:own_rows": "member",
    "accounts:sent_invitation": "steward of the organisation",
    "accounts:sessions": "member",
    "accounts:sign_up_by_mail": "anyone",
    "contact:message": "secretariat",
    "contact:messages": "secretariat",
    "contact:problem": "coordinator",
    "contact:problems": "member",
    "contact:report": "anyone who finds it",
    "contact:write": "anyone",
    "exchange:change_search": "author",
    "exchange:delete_search": "author",
    "exchange:save_search": "member",
    "exchange:saved": "member",
    "following:follow": "member",
    "following:follows": "member",
    "following:inbox": "member",
    "following:mails": "member",
    "following:mark_read": "member",
    "following:notice": "author who finds it",
    "following:unsubscribe": "nobody",
    "human_check:new": "anyone",
    "human_check:picture": "nobody",
    "human_check:sound": "nobody",
    "sharing:embed": "anyone who finds it",
    "sharing:feeds": "anyone",
    "sharing:image": "anyone who finds it",
    "sharing:larger_map": "anyone",
    "sharing:robots": "anyone",
    "sharing:sitemap": "anyone",
    "sharing:sitemap_part": "anyone who finds it",
}

#: Each route of the API, who may use it, and what is sent to those that write.
ROUTES: dict[str, str | tuple[str, dict[str, Any]]] = {
    "GET /api/barometers": "anyone",
    "GET /api/barometers/{slug}": "anyone",
    "GET /api/barometers/{slug}/editions/{label}": "anyone",
    "GET /api/barometers/{slug}/editions/{label}/cities/{unit}": "anyone",
    "GET /api/barometers/{slug}/editions/{label}/comments": "member",
    "GET /api/barometers/{slug}/editions/{label}/compare": "anyone",
    "GET /api/barometers/{slug}/editions/{label}/data": "anyone",
    "GET /api/barometers/{slug}/editions/{label}/framework": "anyone",
    "GET /api/barometers/{slug}/editions/{label}/ranking": "anyone",
    "GET /api/barometers/{slug}/editions/{label}/recipe": "anyone",
    "GET /api/barometers/{slug}/editions/{label}/scores": "anyone",
    "GET /api/barometers/{slug}/editions/{label}/sensitivity": "anyone",
    "GET /api/cities/{city_id}": "anyone",
    "GET /api/experts": "anyone",
    "GET /api/experts/{slug}": "anyone",
    "GET /api/initiatives": "anyone",
    "GET /api/initiatives/{slug}": "anyone",
    "GET /api/match/{slug}": "anyone",
    "GET /api/needs": "anyone",
    "GET /api/needs/{slug}": "anyone",
    "GET /api/practices": "anyone",
    "GET /api/practices/{slug}": "anyone",
    "GET /api/practices/{slug}/translations": "anyone",
    "GET /api/search": "anyone",
    "GET /api/suggest": "anyone",
    "GET /api/barometers/{slug}/translations/{language}": "anyone",
    "POST /api/barometers": (
        "coordinator",
        {"initiative": "the-initiative", "content": barometer().model_dump(mode="json")},
    ),
    "POST /api/barometers/{slug}/editions": ("author or coordinator", {"content": {"label": "another"}}),
    "POST /api/barometers/{slug}/editions/{label}/comments": (
        "contributor",
        {"unit": "aurelia", "text": "Two more opened."},
    ),
    "POST /api/barometers/{slug}/editions/{label}/estimates": (
        "author or coordinator",
        {"estimates": "uCode,iCode,value,error\naurelia,trust,50,2\n"},
    ),
    "POST /api/barometers/{slug}/editions/{label}/publish": ("steward", {}),
    "POST /api/barometers/{slug}/editions/{label}/undo": ("author or coordinator", {}),
    "POST /api/barometers/{slug}/editions/{label}/what-if": ("anyone", {"weights": {"services": 2}}),
    "POST /api/needs": (
        "contributor",
        {
            "initiative": "the-initiative",
            "title": "Green banks",
            "text": "We want to open the banks.",
            "language": "en",
            "city": "Rosario, AR",
        },
    ),
    "POST /api/practices": (
        "contributor",
        {"initiative": "the-initiative", "content": practice().model_dump(mode="json")},
    ),
    "PUT /api/barometers/{slug}": ("author or coordinator", {"content": barometer().model_dump(mode="json")}),
    "PUT /api/barometers/{slug}/translations/{language}": ("contributor", {"fields": {"title": "Le baromètre"}}),
    "PUT /api/barometers/{slug}/visibility": ("author or coordinator", {"visibility": "public"}),
    "PUT /api/barometers/{slug}/editions/{label}": ("author or coordinator", {"content": {"label": "another"}}),
    "PUT /api/barometers/{slug}/editions/{label}/cities": ("author or coordinator", {"cities": {}}),
    "PUT /api/barometers/{slug}/editions/{label}/comments/{comment_id}": ("coordinator", {"answer": "Yes."}),
    "PUT /api/barometers/{slug}/editions/{label}/method": ("author or coordinator", {}),
    "PUT /api/barometers/{slug}/editions/{label}/state": ("author or coordinator", {"state": "draft"}),
    "PUT /api/barometers/{slug}/editions/{label}/tables": ("author or coordinator", {}),
    "PUT /api/practices/{slug}": (
        "author or coordinator",
        {"content": practice().model_dump(mode="json"), "version": 1},
    ),
    "PUT /api/practices/{slug}/translations/{language}": (
        "contributor",
        {"origin": "author", "fields": {"title": "T"}},
    ),
    "PUT /api/practices/{slug}/visibility": ("author or coordinator", {"visibility": "public"}),
}

#: What stands in addresses, by the name of the part; `slug` is that of the room's record.
PARTS = {
    "city_id": lambda world: world.city.pk,
    "comment_id": lambda world: world.comment.pk,
    "label": "the-edition",
    "unit": "aurelia",
    "person_id": lambda world: world.someone.pk,
    "id": lambda world: world.queued.pk,
    "task": lambda world: world.failed,
    "domain_id": lambda world: world.domain.pk,
    "export_id": "1",
    "invitation_id": lambda world: world.invitation.pk,
    "message_id": lambda world: world.message.pk,
    "name": "practice",
    "notice_id": lambda world: world.notice.pk,
    "part": "1",
    "path": "practices/the-practice/",
    "pk": "1",
    "problem_id": lambda world: world.problem.pk,
    "provider_id": "none",
    "request_id": lambda world: world.request.pk,
    "search_id": lambda world: world.search.pk,
    "suggestion_id": lambda world: world.suggestion.pk,
    "kind": "practice",
    "key": "the-practice",
    "section": "why",
    "language": "fr",
    "field": "contact",
    "token": "none",
    "topic": "mobility",
}
#: Where other parts stand than elsewhere.
PARTS_OF = {
    "barometer:answer": {"id": lambda world: world.comment.pk},
    "barometer:download": {"name": "scores.csv"},
    "barometer:report_file": {"name": "held"},
    "barometer:table_template": {"name": "data"},
    "accounts:own_rows": {"key": "accounts.Person.pk"},
    "sharing:feeds": {"path": "initiatives/"},
    "sharing:larger_map": {"path": "initiatives/"},
    "workspaces:invitation": {"invitation_id": lambda world: world.asked_in.pk},
    "workspaces:revoke_invitation": {"invitation_id": lambda world: world.asked_in.pk},
}
#: What a route needs to be answered at all.
QUERIES = {
    "/api/suggest": "?q=bank",
    "/api/barometers/{slug}/editions/{label}/compare": "?first=aurelia&second=bellano",
}


def test_every_page_has_a_row_and_every_row_a_page():
    assert {name for name, _page in pages()} ^ PAGES.keys() == set()


def test_every_route_of_the_api_has_a_row_and_every_row_a_route():
    assert routes() ^ ROUTES.keys() == set()


def part(key: str, name: str, world: World) -> str:
    room = name.partition(":")[0]
    if key == "slug":
        return world.city.slug if name == "exchange:city" else SLUGS[room]
    made = PARTS_OF.get(name, PARTS).get(key, PARTS[key])
    return str(made(world) if callable(made) else made)


def is_let_in(answer: HttpResponse) -> bool | None:
    """Whether the page was given, and None for a page that does not take the method."""
    if answer.status_code == 405:
        return None
    assert answer.status_code < 500, answer.content
    to_sign_in = answer.status_code == 302 and "sign-in" in answer["Location"]
    return not to_sign_in and answer.status_code not in {401, 403, 404}


def tried(client: Client, method: str, address: str, *, body: Any = None, form: Any = None) -> bool | None:
    cookies = deepcopy(client.cookies)
    with undone():
        if body is not None:
            answer = client.generic(method, address, json.dumps(body), "application/json")
        else:
            answer = client.post(address, form) if method == "POST" else client.generic(method, address)
    answer.getvalue()  # reads a file to its end, which closes it
    client.cookies = cookies  # who signs out, or changes the password, is signed in for the next page
    return is_let_in(answer)


@pytest.mark.parametrize("visibility", SEEN_BY)
def test_who_gets_into_a_page_is_what_the_table_says(world: World, visibility: str):
    world.show(visibility)
    clients = {who: world.client(who) for who in WHO}
    wrong = []
    known = dict(pages())
    for name, row in PAGES.items():
        parts = {key: part(key, name, world) for key in known[name].pattern.converters}
        address = reverse(name, kwargs=parts)
        rule, body = row if isinstance(row, tuple) else (row, None)
        if rule == WAY_IN:
            continue
        seen = seen_by(visibility, parts.get("slug") or parts.get("key", ""), rule)
        for method in ("GET", "POST"):
            answers = {who: tried(clients[who], method, address, form=body) for who in WHO}
            if None not in answers.values():
                wrong += difference(f"{method} {name}", answers, RULES[rule] & seen)
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("visibility", SEEN_BY)
def test_who_may_use_a_route_of_the_api_is_what_the_table_says(world: World, visibility: str):
    world.show(visibility)
    clients = {who: world.client(who) for who in WHO}
    wrong = []
    for name, row in ROUTES.items():
        rule, body = row if isinstance(row, tuple) else (row, None)
        method, path = name.split()
        room = {
            "needs": "exchange",
            "match": "exchange",
            "initiatives": "workspaces",
            "barometers": "barometer",
        }.get(path.split("/")[2], path.split("/")[2])
        slug = SLUGS.get(room, "") if "{slug}" in path else (body or {}).get("initiative", "")
        address = re.sub(r"{(\w+)}", lambda found, room=room: part(found[1], room, world), path)
        answers = {who: tried(clients[who], method, address + QUERIES.get(path, ""), body=body) for who in WHO}
        wrong += difference(name, answers, RULES[rule] & seen_by(visibility, slug))
    assert wrong == [], "\n".join(wrong)
