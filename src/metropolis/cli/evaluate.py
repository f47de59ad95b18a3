"""``metropolis evaluate``: how good an answer is, measured."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from metropolis.cli.progress import progress_bar

if TYPE_CHECKING:
    from metropolis.tools.exchange.engine import Evaluation


@click.group()
def evaluate() -> None:
    """Measure how good something is on test data."""


@evaluate.command()
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--profile",
    type=click.Choice(["default", "quality"]),
    default="default",
    show_default=True,
    help="One sentence encoder, or two: better and much slower.",
)
@click.option(
    "--bank",
    default="folds",
    show_default=True,
    help="Correct hubness with the other half of the queries (folds), not at all (none), or with a file of JSON lines.",
)
@click.option("--cache", type=click.Path(file_okay=False, path_type=Path), help="Keep vectors here between runs.")
@click.option("--processes", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes that embed.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def search(*, directory: Path, profile: str, bank: str, cache: Path | None, processes: int, as_json: bool) -> None:
    """Search quality on a collection in the BEIR layout.

    DIRECTORY holds corpus.jsonl, queries.jsonl and qrels.tsv.
    """
    from metropolis.tools.exchange.engine import evaluate_collection

    with progress_bar("Evaluating") as progress:
        found = evaluate_collection(
            directory,
            profile="quality" if profile == "quality" else "default",
            bank=bank,
            cache=cache,
            processes=processes,
            progress=progress,
        )
    click.echo(json.dumps(found.model_dump(), indent=2) if as_json else as_table(found))


def as_table(found: "Evaluation") -> str:
    """The scores in columns: over all, then by language pair."""
    lines = [f"{found.documents} documents, {found.queries} queries, profile {found.profile}, bank {found.bank}"]
    if found.dropped_judgements or found.unanswered_queries:
        lines.append(
            f"left out: {found.dropped_judgements} judgements of documents or queries that are not there, "
            f"{found.unanswered_queries} queries that nothing answers"
        )
    lines.append("")
    measures = list(next(iter(found.overall.values())))
    lines.append("".join((f"{'':10}", f"{'leg':10}", *(f"{measure:>12}" for measure in measures))))
    for pair, legs in {"overall": found.overall, **found.pairs}.items():
        for leg, scores in legs.items():
            lines.append("".join((f"{pair:10}", f"{leg:10}", *(f"{scores[measure]:12.4f}" for measure in measures))))
    return "\n".join(lines)


COMMANDS = (evaluate,)
