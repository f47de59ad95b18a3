"""What a person's data are called, and what in them is a code."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from django.apps import AppConfig, apps
from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from metropolis.foundation.accounts.models import Person
from metropolis.foundation.history.values import deed_name

#: What columns are called whose models do not name them.
LABELS: Mapping[str, Promise] = {
    "answered_at": gettext_lazy("answered at"),
    "answered_by": gettext_lazy("answered by"),
    "at": gettext_lazy("when"),
    "audience": gettext_lazy("shared with"),
    "author": gettext_lazy("author"),
    "code": gettext_lazy("code"),
    "completeness": gettext_lazy("completeness"),
    "counts": gettext_lazy("counts"),
    "created_at": gettext_lazy("made at"),
    "done": gettext_lazy("done"),
    "due_at": gettext_lazy("to be deleted at"),
    "expert": gettext_lazy("profile"),
    "expires_on": gettext_lazy("valid until"),
    "field": gettext_lazy("part"),
    "file": gettext_lazy("file"),
    "form_key": gettext_lazy("number of the form"),
    "given_on": gettext_lazy("agreed on"),
    "how": gettext_lazy("what is done with it"),
    "import_digest": gettext_lazy("check sum of the import"),
    "import_key": gettext_lazy("key of the import"),
    "import_version": gettext_lazy("version of the import"),
    "initiative": gettext_lazy("initiative"),
    "ip": gettext_lazy("network address"),
    "is_demonstration": gettext_lazy("part of the demonstration"),
    "is_fictional": gettext_lazy("part of the demonstration"),
    "is_settled": gettext_lazy("settled"),
    "is_steward": gettext_lazy("steward"),
    "is_transferable": gettext_lazy("can be carried over"),
    "joined_at": gettext_lazy("joined at"),
    "key": gettext_lazy("record"),
    "kind": gettext_lazy("kind"),
    "language": gettext_lazy("language"),
    "last_login": gettext_lazy("last sign-in"),
    "last_seen_at": gettext_lazy("last seen at"),
    "last_used_at": gettext_lazy("last used at"),
    "level": gettext_lazy("level"),
    "mailed_at": gettext_lazy("mailed at"),
    "mapping": gettext_lazy("mapping of the columns"),
    "matched_at": gettext_lazy("matched at"),
    "message": gettext_lazy("message"),
    "name": gettext_lazy("name"),
    "network_role": gettext_lazy("role in the network"),
    "node": gettext_lazy("indicator"),
    "note": gettext_lazy("note"),
    "organisation": gettext_lazy("organisation"),
    "outcome": gettext_lazy("outcome"),
    "problems": gettext_lazy("problems"),
    "published_at": gettext_lazy("published at"),
    "query": gettext_lazy("question"),
    "read_at": gettext_lazy("read at"),
    "reason": gettext_lazy("reason"),
    "record_key": gettext_lazy("record"),
    "record_kind": gettext_lazy("kind"),
    "reference": gettext_lazy("record"),
    "review_due_on": gettext_lazy("to be reviewed by"),
    "reviewed_on": gettext_lazy("reviewed on"),
    "reviewer": gettext_lazy("reviewed by"),
    "role": gettext_lazy("role"),
    "sent_at": gettext_lazy("sent at"),
    "settled_at": gettext_lazy("settled at"),
    "slug": gettext_lazy("address"),
    "state": gettext_lazy("state"),
    "term": gettext_lazy("term"),
    "text": gettext_lazy("text"),
    "title": gettext_lazy("title"),
    "told_at": gettext_lazy("told at"),
    "topic": gettext_lazy("topic"),
    "total": gettext_lazy("total"),
    "type": gettext_lazy("kind"),
    "unit": gettext_lazy("city"),
    "updated_at": gettext_lazy("changed at"),
    "url": gettext_lazy("address"),
    "user_agent": gettext_lazy("browser"),
    "validated_by": gettext_lazy("validated by"),
    "validated_level": gettext_lazy("validated level"),
    "validated_on": gettext_lazy("validated on"),
    "verb": gettext_lazy("deed"),
    "version": gettext_lazy("version"),
    "visibility": gettext_lazy("who sees it"),
    "vocabulary": gettext_lazy("vocabulary"),
    "what": gettext_lazy("what happened"),
    "workspace": gettext_lazy("initiative"),
}

#: What kinds are called that no tool or room can be searched for.
_KINDS: Mapping[str, Promise] = {
    "city": gettext_lazy("City"),
    "contact_request": gettext_lazy("Message"),
    "message": gettext_lazy("Message"),
    "organisation": gettext_lazy("Organisation"),
    "person": gettext_lazy("Person"),
    "problem": gettext_lazy("Reported problem"),
    "search": gettext_lazy("Saved search"),
    "task": gettext_lazy("Task"),
    "term_suggestion": gettext_lazy("Suggested term"),
    "theme": gettext_lazy("Theme"),
    "topic": gettext_lazy("Topic"),
}


def label_of(field: models.Field[Any, Any]) -> str:
    """What a column is called in the reader's language."""
    return str(capfirst(str(LABELS.get(field.name) or field.verbose_name)))


def in_words(field: str, value: str) -> str:
    """A code in a column of this name as the reader's language says it; anything else as it is."""
    if field == "verb":
        return deed_name(value)
    return kind_name(value) if field in {"kind", "record_kind"} else value


def kind_name(kind: str) -> str:
    """What a kind of record is called in the reader's language; the kind itself if it has no name."""
    return str(_found_kinds().get(kind) or _KINDS.get(kind) or kind)


def titles_of(records: Iterable[tuple[str, str]], person: Person) -> dict[tuple[str, str], str]:
    """The titles of records, by kind and key, as far as a person may know them: a query or two a kind."""
    keys: dict[str, list[str]] = {}
    for kind, key in records:
        keys.setdefault(kind, []).append(key)
    titles: dict[tuple[str, str], str] = {}
    for config in apps.get_app_configs():
        for found in _kinds_of(config):
            for item in found.findable(keys[found.kind]) if found.kind in keys else ():
                titles[found.kind, item.reference.key] = item.texts[0].title
        for known in getattr(config, "followable_kinds", ()):
            described = known.described(person, keys[known.kind]) if known.kind in keys else {}
            titles |= {(known.kind, key): one.title for key, one in described.items()}
    return titles


@cache
def _found_kinds() -> dict[str, Promise]:
    """The kinds that can be searched for. Their apps declare them: this room knows none of theirs."""
    return {kind.kind: kind.title for config in apps.get_app_configs() for kind in _kinds_of(config)}


def _kinds_of(config: AppConfig) -> Iterator[Any]:
    yield from getattr(config, "record_kinds", ())
    for card in getattr(config, "cards", ()):
        yield from card.kinds
