"""``metropolis import practices``: many practices from a file."""

import csv
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from metropolis.cli.progress import progress_bar
from metropolis.cli.site import SiteCommand
from metropolis.engine_kit import InvalidInput

if TYPE_CHECKING:
    from metropolis.tools.practices.operations import RowOutcome

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("import")
def import_group() -> None:
    """Take in many records from a file."""


@import_group.command("practices", cls=SiteCommand)
@click.argument("file", type=_FILE)
@click.option("--mapping", required=True, type=_FILE, help="TOML file that says which columns make which fields.")
@click.option("--initiative", required=True, metavar="SLUG", help="Initiative that takes the practices in.")
@click.option("--as", "email", required=True, metavar="EMAIL", help="Whose import it is: a coordinator there.")
@click.option("--dry-run", is_flag=True, help="Say what would become of each row and write nothing.")
@click.option("--publish", is_flag=True, help="Publish what is taken in; otherwise it stays a draft.")
@click.option("--resume", is_flag=True, help="Leave every row that is in already as it is.")
@click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), help="CSV file to write each row and reason to."
)
def practices(
    *,
    file: Path,
    mapping: Path,
    initiative: str,
    email: str,
    dry_run: bool,
    publish: bool,
    resume: bool,
    report: Path | None,
) -> None:
    """Take practices in from FILE (.csv, .xlsx or .jsonl).

    A row goes in whole or not at all. The same call made again goes on where the last one was stopped and takes no row
    in twice. Exit status 1 when rows were rejected.
    """
    from metropolis.foundation.accounts.queries import person_by_email
    from metropolis.tools.practices.operations import import_practices, open_import

    total, rows = open_import(file, mapping)
    outcomes = import_practices(
        initiative=initiative,
        actor=person_by_email(email),
        rows=rows,
        publish=publish,
        dry_run=dry_run,
        resume=resume,
    )
    counts: Counter[str] = Counter()
    try:
        with progress_bar("Practices") as progress, _report(report) as write:
            for done, outcome in enumerate(outcomes, start=1):
                counts[outcome.outcome] += 1
                write(outcome)
                progress(done, total)
    except KeyboardInterrupt:
        click.echo(f"\nStopped: {_summary(counts)}. Give the same command again to go on.", err=True)
        sys.exit(130)
    click.echo(f"{'Nothing is written; it would be: ' if dry_run else ''}{_summary(counts)}.")
    if counts["rejected"]:
        sys.exit(1)


def _summary(counts: Counter[str]) -> str:
    return ", ".join(f"{counts[outcome]} {outcome}" for outcome in sorted(counts)) or "the file has no rows"


@contextmanager
def _report(path: Path | None) -> Iterator[Callable[["RowOutcome"], None]]:
    """Give a function that writes each row into the file, or without one says on stderr why rows were not taken in."""
    if path is None:
        yield _complain
        return
    try:
        opened = path.open("w", newline="", encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"The report {path} cannot be written: {error.strerror}.", field="report") from error
    with opened as file:
        lines = csv.writer(file)
        lines.writerow(["row", "key", "outcome", "practice", "field", "reason"])

        def write(outcome: "RowOutcome") -> None:
            reasons = [(problem.field, problem.reason) for problem in outcome.problems] or [("", "")]
            for reason in reasons:
                lines.writerow([outcome.number, outcome.key, outcome.outcome, outcome.slug, *reason])

        yield write


def _complain(outcome: "RowOutcome") -> None:
    for problem in outcome.problems:
        place = f"row {outcome.number} ({outcome.key})" if outcome.key else f"row {outcome.number}"
        click.echo(f"{place}: {problem.field + ': ' if problem.field else ''}{problem.reason}", err=True)


COMMANDS = (import_group,)
