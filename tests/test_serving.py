"""`metropolis serve` on a folder of its own: it prepares, answers, and stops cleanly."""

import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from metropolis.cli.prepare import collect_static

SERVE = [sys.executable, "-m", "metropolis.cli", "serve"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("site") / "made by the site"


def test_a_site_says_its_address_answers_there_and_stops_on_ctrl_c(served: Any, folder: Path):
    with served(folder) as site:
        assert site.address in site.said
        with urllib.request.urlopen(f"{site.address}/about/") as answer:
            assert answer.status == 200
            assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        site.press_ctrl_c()
        assert site.process.wait(timeout=20) == 0
        assert not site.is_listening()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell a child that its parent was killed")
def test_a_killed_site_leaves_nothing_behind_and_starts_again(served: Any, folder: Path):
    with served(folder) as site:
        site.process.kill()
        site.output.read()  # ends when the last child has gone
        assert not site.is_listening()
    with served(folder) as again:
        assert again.address in again.said
        again.process.terminate()
        assert again.process.wait(timeout=20) == 0


def test_a_port_in_use_is_told_in_one_line():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        answer = subprocess.run([*SERVE, "--port", port], capture_output=True, text=True, check=False)
    assert answer.returncode == 2
    assert answer.stderr.startswith(f"metropolis: Port {port} ")
    assert answer.stderr.count("\n") == 1


def test_a_demonstration_is_not_served_to_other_machines():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    command = [*SERVE, "--demonstration", "--host", "0.0.0.0", "--port", port]  # noqa: S104 - that it is refused
    refused = subprocess.run(command, check=False, capture_output=True, text=True)
    assert refused.returncode == 2
    assert "is served to this machine only, not on 0.0.0.0" in refused.stderr


def test_static_files_are_collected_again_only_when_one_changed(settings: Settings, tmp_path: Path):
    settings.STATIC_ROOT = tmp_path / "static"
    collect_static()
    collected = settings.STATIC_ROOT / "pages/tokens.css"
    collected.unlink()
    collect_static()
    assert not collected.exists()
    (tmp_path / "static.fingerprint").write_text("of other files")
    collect_static()
    assert collected.exists()
