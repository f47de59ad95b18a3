"""Loading the shipped vocabularies, and suggesting a term that is missing."""

import json
from collections.abc import Iterable, Iterator
from importlib.resources import files

from django.db import transaction

from metropolis.foundation.accounts.access import require_in_network
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.history.operations import record
from metropolis.foundation.records.operations import require_valid
from metropolis.foundation.records.values import Reference
from metropolis.foundation.taxonomy.models import Term, TermSuggestion
from metropolis.foundation.taxonomy.queries import open_suggestion


@transaction.atomic
def load_vocabularies() -> int:
    """Bring the terms in line with the shipped files; running it again changes nothing. Returns the terms loaded."""
    rows = list(_shipped_terms())
    roots = _save_terms(row for row, parent in rows if not parent)
    parents = {(root.vocabulary, root.code): root for root in roots}
    below = [(row, parent) for row, parent in rows if parent]
    for row, parent in below:
        row.parent = parents[row.vocabulary, parent]
    _save_terms(row for row, _parent in below)
    return len(rows)


def _shipped_terms() -> Iterator[tuple[Term, str]]:
    """Every term, not saved, and the code of the one it stands below."""
    folder = files("metropolis.foundation.taxonomy").joinpath("data")
    for vocabulary, name in (("theme", "themes.json"), ("topic", "topics.json"), ("sdg", "sdgs.json")):
        for position, row in enumerate(json.loads(folder.joinpath(name).read_text("utf-8"))):
            term = Term(vocabulary=vocabulary, code=row["code"], labels=row["labels"], position=position)
            yield term, row.get("parent") or ""


def _save_terms(rows: Iterable[Term]) -> list[Term]:
    """In one statement, because every new database begins with it."""
    told, key = ("labels", "position", "parent"), ("vocabulary", "code")
    return Term.objects.bulk_create(rows, update_conflicts=True, update_fields=told, unique_fields=key)


@transaction.atomic
def suggest_term(*, vocabulary: str, label: str, language: str, reason: str, person: Person) -> TermSuggestion:
    """Keep a missing term for the editors; `InvalidInput` names the field that is wrong."""
    require_in_network(person, "taxonomy.suggest_term")
    suggestion = TermSuggestion(
        vocabulary=vocabulary, label=label.strip(), language=language, reason=reason.strip(), person=person
    )
    require_valid(suggestion)
    suggestion.save()
    record(actor=person, verb="suggest_term", reference=Reference(kind="term_suggestion", key=str(suggestion.pk)))
    return suggestion


@transaction.atomic
def settle_suggestion(*, id: int, actor: Person) -> TermSuggestion:
    """Take a suggestion off the editors' list, whether it was taken up or not."""
    require_in_network(actor, "taxonomy.settle_suggestion")
    suggestion = open_suggestion(id)
    suggestion.is_settled = True
    suggestion.save(update_fields=["is_settled"])
    record(actor=actor, verb="settle_suggestion", reference=Reference(kind="term_suggestion", key=str(id)))
    return suggestion
