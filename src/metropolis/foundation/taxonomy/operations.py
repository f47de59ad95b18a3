"""Loading the shipped vocabularies, and suggesting a term that is missing."""

import json
from importlib.resources import files

from django.db import transaction

from metropolis.foundation.accounts.models import Person
from metropolis.foundation.history.operations import record
from metropolis.foundation.records.values import Reference
from metropolis.foundation.taxonomy.models import Term, TermSuggestion


@transaction.atomic
def load_vocabularies() -> int:
    """Bring the terms in line with the shipped files; running it again changes nothing. Returns the terms loaded."""
    count = 0
    for vocabulary, name in (("theme", "themes.json"), ("topic", "topics.json"), ("sdg", "sdgs.json")):
        rows = json.loads(files("metropolis.foundation.taxonomy").joinpath("data", name).read_text("utf-8"))
        known: dict[str, Term] = {}
        for position, row in enumerate(rows):
            known[row["code"]] = Term.objects.update_or_create(
                vocabulary=vocabulary,
                code=row["code"],
                defaults={
                    "labels": row["labels"],
                    "position": position,
                    "parent": known.get(row.get("parent") or ""),
                },
            )[0]
        count += len(rows)
    return count


@transaction.atomic
def suggest_term(*, vocabulary: str, label: str, language: str, reason: str, person: Person) -> TermSuggestion:
    """Keep a missing term for the editors."""
    suggestion = TermSuggestion.objects.create(
        vocabulary=vocabulary, label=label.strip(), language=language, reason=reason.strip(), person=person
    )
    record(actor=person, verb="suggest_term", reference=Reference(kind="term_suggestion", key=str(suggestion.pk)))
    return suggestion
