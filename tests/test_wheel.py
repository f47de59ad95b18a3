"""What is installed elsewhere is whole."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # Built beside the checkout, so that nothing of an earlier build slips in and nothing is left behind.
    source = folder / "source"
    for name in ("pyproject.toml", "README.md", "LICENSE", "requirements/run.in", "requirements/spread.in"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes((ROOT / name).read_bytes())
    (source / "src").symlink_to(ROOT / "src")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", folder, source], check=True)
    (built,) = folder.glob("*.whl")
    return built


def test_a_wheel_holds_every_file_but_the_tests(wheel: Path):
    source = ROOT / "src"
    tracked = subprocess.run(["git", "ls-files", "."], cwd=source, capture_output=True, text=True, check=True)
    expected = {name for name in tracked.stdout.splitlines() if "/tests/" not in name and not name.endswith(".po")}
    assert expected - set(zipfile.ZipFile(wheel).namelist()) == set()
    assert not [name for name in zipfile.ZipFile(wheel).namelist() if "/tests/" in name]


def test_an_unpacked_wheel_runs(wheel: Path, tmp_path: Path):
    zipfile.ZipFile(wheel).extractall(tmp_path)
    answer = subprocess.run(
        [sys.executable, "-m", "metropolis.cli", "manage", "check"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path), "METROPOLIS_DATA_FOLDER": str(tmp_path / "var")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert "no issues" in answer.stdout
