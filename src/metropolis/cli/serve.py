"""``metropolis serve``: bring database and files up to date, then serve the site beside its follower and worker."""

import ctypes
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address

import click

from metropolis.engine_kit import Conflict, InvalidInput

PR_SET_PDEATHSIG = 1  # of <linux/prctl.h>
METROPOLIS = [sys.executable, "-m", "metropolis.cli"]


@click.command()
@click.option(
    "--demonstration",
    is_flag=True,
    envvar="METROPOLIS_DEMONSTRATION",
    help="Load and serve the demonstration network, over plain HTTP.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1), help="Server processes.")
def serve(*, demonstration: bool, host: str, port: int, workers: int) -> None:
    """Serve the site, after bringing the database, the static files and the search index up to date."""
    require_free(host, port)
    if demonstration:
        require_own_machine(host)
        os.environ["METROPOLIS_DEMONSTRATION"] = "true"
        os.environ.setdefault("METROPOLIS_HTTPS", "false")
    else:
        # One key for all processes; sessions end with them unless the deployment sets its own.
        os.environ.setdefault("METROPOLIS_SECRET_KEY", secrets.token_urlsafe(50))
    os.environ.setdefault("METROPOLIS_ADDRESS", f"http://{host}:{port}")
    # In a process of its own, whose memory is free again when the site is served.
    if status := start([*METROPOLIS, "prepare"]).wait():
        sys.exit(status)
    serve_until_stopped(host, port, workers)


def require_free(host: str, port: int) -> None:
    """Refuse with `Conflict` when another program listens on `port`."""
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        why = os.strerror(error.errno or 0)
        message = f"Port {port} of {host} cannot be used: {why}. Choose another: make run PORT=8001, or --port 8001."
        raise Conflict(message, field="port") from error


def require_own_machine(host: str) -> None:
    """Refuse with `InvalidInput` to serve a demonstration to other machines."""
    addresses = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None)}
    if not all(ip_address(address).is_loopback for address in addresses):
        message = (
            f"A demonstration is served to this machine only, not on {host}: its secret key and its passwords are known"
            " to everybody. Serve it on 127.0.0.1, or serve a site of your own without --demonstration."
        )
        raise InvalidInput(message, field="host")


def server(host: str, port: int, workers: int) -> list[str]:
    """The command line of the WSGI server."""
    options = {
        "--interface": "wsgi",
        "--host": host,
        "--port": port,
        "--workers": workers,
        "--blocking-threads": 1,
        # A worker told to stop while it is still starting does not hear it.
        "--workers-kill-timeout": 5,
        "--log-level": "warning",
    }
    words = [str(word) for option in options.items() for word in option]
    program = [sys.executable, "-m", "granian", "--no-ws", "--respawn-failed-workers"]
    return [*program, *words, "metropolis.web.wsgi:application"]


def serve_until_stopped(host: str, port: int, workers: int) -> None:
    """Run the server, then the index follower and a worker, until told to stop or one of them ends; then stop all.

    Says the address as soon as something answers there.
    """
    # A flag and not an exception: one that is raised while a process is being started would be lost.
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    # In groups of their own, so that Ctrl-C reaches this process alone: a worker that hears it twice does not stop.
    parts = [start(server(host, port, workers), group=0)]
    while not (stop.is_set() or ended(parts)):
        if len(parts) == 1 and answers(host, port):
            click.echo(f"Metropolis is at http://{host}:{port}/ (Ctrl-C stops it)")
            parts += [start([*METROPOLIS, *words], group=0) for words in (["index", "--follow"], ["work"])]
        stop.wait(0.1)
    failed = [] if stop.is_set() else ended(parts)
    for part in parts:
        part.terminate()
    for part in parts:
        part.wait()
    if failed:
        raise click.ClickException(f"A part of the site ended with status {failed[0].returncode}: {failed[0].args!r}")
    click.echo("Stopped.")


def ended(parts: list["subprocess.Popen[bytes]"]) -> list["subprocess.Popen[bytes]"]:
    """Those that run no more."""
    return [part for part in parts if part.poll() is not None]


def start(command: list[str], *, group: int | None = None) -> "subprocess.Popen[bytes]":
    """Start a part of the site, one that does not outlive this process."""
    return subprocess.Popen(command, process_group=group, preexec_fn=end_with_parent)  # noqa: PLW1509, S603 - ours, and no thread runs yet


def end_with_parent() -> None:
    """Ask Linux to stop this child when its parent is gone, even killed: a restart then finds the port free."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def answers(host: str, port: int) -> bool:
    """Whether a web server answers there, whatever it says; asked for a search, which it gets ready for last."""
    connection = HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/search/?q=water")
        connection.getresponse()
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    return True


COMMANDS = (serve,)
