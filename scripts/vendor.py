"""Refresh the third-party browser files that are kept in this repository, with their licences and checksums.

``make vendor`` runs it. Each package is fetched by the npm client, which verifies its integrity; only the files named
below are kept. ``SHA256SUMS`` beside them lists what must be there, and a test compares.
"""

import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "src/metropolis/foundation/pages/static/pages/vendor"


@dataclass(frozen=True)
class Package:
    """An npm package, pinned, and which of its files are kept under `folder`."""

    name: str
    version: str
    folder: Path
    files: tuple[str, ...]


PACKAGES = (
    Package(
        name="maplibre-gl",
        version="6.17.0",
        folder=PAGES / "maplibre",
        files=("dist/maplibre-gl.mjs", "dist/maplibre-gl-worker.mjs", "dist/maplibre-gl.css", "LICENSE.txt"),
    ),
    Package(name="htmx.org", version="4.0.1", folder=PAGES / "htmx", files=("dist/htmx.min.js", "LICENSE")),
    # Only the tests use it, so its copyleft licence (MPL-2.0) does not reach the product.
    Package(name="axe-core", version="4.14.1", folder=ROOT / "tests/vendor/axe", files=("axe.min.js", "LICENSE")),
)


def fetch(package: Package) -> None:
    """Download one package and replace the kept files and their checksums."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["npm", "pack", "--silent", f"{package.name}@{package.version}"],
            cwd=folder,
            check=True,
            capture_output=True,
        )
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
        package.folder.mkdir(parents=True, exist_ok=True)
        for file in package.files:
            shutil.copyfile(Path(folder, "package", file), package.folder / Path(file).name)
    write_checksums(package.folder)


def write_checksums(folder: Path) -> None:
    """Write `SHA256SUMS` for every other file of `folder`, in the format of ``sha256sum``."""
    files = sorted(file for file in folder.iterdir() if file.is_file() and file.name != "SHA256SUMS")
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    (folder / "SHA256SUMS").write_text("".join(lines))


if __name__ == "__main__":
    for package in PACKAGES:
        fetch(package)
        print(f"{package.name} {package.version} → {package.folder.relative_to(ROOT)}")
