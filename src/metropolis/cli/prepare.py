"""``metropolis prepare``: bring everything a server needs up to date."""

import hashlib
import io

import click

from metropolis.cli.progress import progress_bar
from metropolis.cli.site import SiteCommand


@click.command(cls=SiteCommand)
def prepare() -> None:
    """Bring the database, the static files, the shipped data and the search index up to date.

    A step does nothing when nothing changed. With METROPOLIS_DEMONSTRATION an empty site gets the demonstration
    network.
    """
    from django.conf import settings
    from django.core.management import call_command

    from metropolis.foundation.places.operations import load_places
    from metropolis.foundation.taxonomy.operations import load_vocabularies
    from metropolis.tools.exchange.operations import prepare_index

    settings.ENVIRONMENT.data_folder.mkdir(parents=True, exist_ok=True)
    call_command("migrate", interactive=False, verbosity=0)
    collect_static()
    load_vocabularies()
    with progress_bar("Cities of the world") as progress:
        load_places(progress=progress)
    if settings.ENVIRONMENT.demonstration:
        said = io.StringIO()
        with progress_bar("Demonstration network") as progress:
            call_command("load_demonstration", progress=progress, verbosity=0, stdout=said)
        click.echo(said.getvalue(), nl=False)
    with progress_bar("Search index") as progress:
        prepare_index(progress=progress)


def collect_static() -> None:
    """Collect, hash and compress the static files when one of them changed since the last time."""
    from django.conf import settings
    from django.core.management import call_command

    stamp = settings.STATIC_ROOT.with_name("static.fingerprint")
    now = static_fingerprint()
    if stamp.is_file() and stamp.read_text() == now:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(now)


def static_fingerprint() -> str:
    """A digest of the path, size and time of change of every static file."""
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list(ignore_patterns=None):
            size, changed = storage.size(path), storage.get_modified_time(path)
            digest.update(f"{storage.path(path)} {size} {changed.isoformat()}\n".encode())
    return digest.hexdigest()


COMMANDS = (prepare,)
