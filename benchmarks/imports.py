"""How many practices a minute an import takes in: 10,000 generated rows of about 3 kB, with results and sources.

Run `python benchmarks/imports.py [ROWS]`. It uses a data folder of its own, on SQLite, and no search index.
"""

# ruff: noqa: PLC0415 - Django and what needs it are imported once the data folder is set

import csv
import os
import platform
import random
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

MAPPING = """
collection = "generated"
key = "number"
[fields]
title = "title"
one_line = { from = "text", shorten = 240 }
summary = { from = "text", html = true, shorten = 2400 }
language = { value = "en" }
city = "city"
started_on = { from = "start", dates = ["%d/%m/%Y", "%Y"] }
topics = { from = "topics", split = ";" }
cost_total = { from = "cost", decimal = "," }
cost_currency = { value = "EUR" }
lessons = { from = "text", html = true }
[[parts.results]]
indicator = { value = "Trees planted" }
value = "trees"
source = { value = 0 }
[[parts.sources]]
title = "title"
url = "address"
"""
WORDS = (
    *("water", "street", "market", "school", "river", "shade", "bus", "council", "budget", "plan", "roof", "tree"),
    *("housing", "data", "clinic", "park", "tax"),
)
TOPICS = ("water", "cycling", "heat", "waste", "informal-settlements", "participation")
CITIES = ("Rosario, AR", "Kampala, UG", "Medellín, CO", "Barcelona, ES", "Dakar, SN", "Mumbai, IN", "Montréal, CA")


def write_rows(path: Path, rows: int) -> None:
    """Write a CSV of invented practices, the same at each run."""
    chance = random.Random(7)  # noqa: S311 - invented texts need no secrecy
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["number", "title", "text", "city", "start", "topics", "cost", "trees", "address"])
        for number in range(rows):
            words = " ".join(chance.choices(WORDS, k=400))
            title = f"{' '.join(chance.choices(WORDS, k=6)).capitalize()}"
            start = f"{chance.randint(1, 28)}/{chance.randint(1, 12)}/{chance.randint(1990, 2025)}"
            topics = ";".join(chance.sample(TOPICS, 2))
            cost, trees = f"{chance.randint(1, 900)}.000,50", chance.randint(10, 9000)
            address = f"https://example.org/{number}"
            text = f"<p>{words}</p>"
            lines.writerow([number, title, text, chance.choice(CITIES), start, topics, cost, trees, address])


def prepare() -> None:
    """Make an empty site with one initiative and its steward, `steward@example.org`."""
    import django

    django.setup()
    from django.core.management import call_command

    from metropolis.foundation.accounts.operations import open_account
    from metropolis.foundation.places.operations import load_places
    from metropolis.foundation.taxonomy.operations import load_vocabularies
    from metropolis.foundation.workspaces.operations import start_initiative

    call_command("migrate", verbosity=0)
    load_vocabularies()
    load_places(smallest=500_000)
    steward = open_account(email="steward@example.org", name="Steward", password="long enough to pass")  # noqa: S106
    fields = {"title": "Imports", "one_line": "An initiative that takes practices in."}
    start_initiative(author=steward, fields=fields, tools=["practices"], slug="imports")


def import_rows(file: Path, mapping: Path) -> tuple[int, float]:
    """Import the file; the rows taken in, and the seconds it took."""
    from metropolis.foundation.accounts.queries import person_by_email
    from metropolis.tools.practices.operations import import_practices, open_import

    began = time.perf_counter()
    _total, rows = open_import(file, mapping)
    outcomes = import_practices(initiative="imports", actor=person_by_email("steward@example.org"), rows=rows)
    added = sum(outcome.outcome == "added" for outcome in outcomes)
    return added, time.perf_counter() - began


def main(rows: int) -> None:
    """Run the benchmark and print what it found."""
    with tempfile.TemporaryDirectory(prefix="metropolis-imports-") as folder:
        os.environ |= {"METROPOLIS_DATA_FOLDER": folder, "DJANGO_SETTINGS_MODULE": "metropolis.web.settings"}
        file, mapping = Path(folder, "practices.csv"), Path(folder, "mapping.toml")
        write_rows(file, rows)
        mapping.write_text(MAPPING, encoding="utf-8")
        prepare()
        added, seconds = import_rows(file, mapping)
        again, seconds_again = import_rows(file, mapping)
    import django

    machine = f"{platform.machine()}, {os.cpu_count()} cores"
    print(
        f"{machine}, Python {platform.python_version()}, Django {django.__version__}, SQLite {sqlite3.sqlite_version}"
    )
    print(f"import: {added:,} of {rows:,} rows in {seconds:.1f} s = {added / seconds * 60:,.0f} rows a minute")
    print(f"the same file again: {again:,} rows added in {seconds_again:.1f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
