"""``metropolis serve``: bring the database and the files up to date, then serve the site and keep its index fresh."""

import ctypes
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import click

from metropolis.cli.progress import progress_bar
from metropolis.cli.site import open_site
from metropolis.engine_kit import Conflict

PR_SET_PDEATHSIG = 1  # of <linux/prctl.h>
FOLLOW = [sys.executable, "-m", "metropolis.cli", "index", "--follow"]


@click.command()
@click.option("--demonstration", is_flag=True, help="Load and serve the demonstration network, over plain HTTP.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1), help="Server processes.")
def serve(*, demonstration: bool, host: str, port: int, workers: int) -> None:
    """Serve the site, after bringing the database, the static files and the search index up to date."""
    require_free(host, port)
    if demonstration:
        os.environ["METROPOLIS_DEMONSTRATION"] = "true"
        os.environ.setdefault("METROPOLIS_HTTPS", "false")
    else:
        # One key for all processes; sessions end with them unless the deployment sets its own.
        os.environ.setdefault("METROPOLIS_SECRET_KEY", secrets.token_urlsafe(50))
    open_site()
    prepare(demonstration=demonstration)
    run_together([server(host, port, workers)], address=f"http://{host}:{port}/")


def require_free(host: str, port: int) -> None:
    """Refuse with `Conflict` when another program listens on `port`."""
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        message = f"Port {port} of {host} cannot be used ({error.strerror}); choose another: PORT=8001 or --port 8001."
        raise Conflict(message, field="port") from error


def prepare(*, demonstration: bool) -> None:
    """Bring everything up to date; each step does nothing when nothing changed."""
    from django.core.management import call_command

    from metropolis.cli.static import collect_static
    from metropolis.foundation.places.operations import load_places
    from metropolis.foundation.taxonomy.operations import load_vocabularies

    call_command("migrate", interactive=False, verbosity=0)
    collect_static()
    load_vocabularies()
    with progress_bar("Cities of the world") as progress:
        load_places(progress=progress)


def server(host: str, port: int, workers: int) -> list[str]:
    """The command line of the WSGI server."""
    options = {"--interface": "wsgi", "--host": host, "--port": port, "--workers": workers, "--blocking-threads": 1}
    words = [str(word) for option in options.items() for word in option]
    return [
        *(sys.executable, "-m", "granian", *words, "--no-ws", "--respawn-failed-workers", "--log-level", "warning"),
        "metropolis.web.wsgi:application",
    ]


def run_together(commands: list[list[str]], *, address: str) -> None:
    """Run the commands until this process is told to stop or one of them ends; then stop them all.

    Says `address` as soon as something answers there.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    processes = [subprocess.Popen(command, preexec_fn=end_with_parent) for command in commands]  # noqa: PLW1509, S603 - our own commands, and no thread runs yet
    try:
        while all(process.poll() is None for process in processes) and not answers(address):
            time.sleep(0.05)
        if all(process.poll() is None for process in processes):
            click.echo(f"Metropolis is at {address} (Ctrl-C stops it)")
        while all(process.poll() is None for process in processes):
            time.sleep(0.2)
        ended = next(process for process in processes if process.poll() is not None)
        raise click.ClickException(f"A part of the site ended by itself with status {ended.returncode}: {ended.args}")
    except KeyboardInterrupt:
        click.echo("Stopped.")
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()


def end_with_parent() -> None:
    """Ask Linux to stop this child when its parent is gone, even killed: a restart then finds the port free."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def answers(address: str) -> bool:
    """Whether a web server answers at `address`, whatever it says."""
    try:
        urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - our own http address
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


COMMANDS = (serve,)
