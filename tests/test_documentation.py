"""What the documents say is so: commands exist, examples run, links lead somewhere, generated pages are up to date."""

import doctest
import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
from django.core.management import get_commands

from metropolis.cli import metropolis
from metropolis.web.environment import Environment

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

every_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def commands_of(document: Path) -> list[list[str]]:
    """The words of each command shown after a prompt, without the variables set before it."""
    blocks = re.findall(r"^```console\n(.*?)^```", document.read_text(), re.MULTILINE | re.DOTALL)
    lines = re.findall(r"^\$ (.*(?:\\\n.*)*)", "\n".join(blocks), re.MULTILINE)
    return [[word for word in shlex.split(line, comments=True) if not re.match(r"[A-Z_]+=", word)] for line in lines]


def require_command(words: list[str]) -> None:
    """Fail unless `metropolis WORDS` is a command whose options are those given."""
    command: click.Command = metropolis
    context = click.Context(command)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(context, words[0])
        assert found is not None, f"there is no command {words[0]!r}"
        command, words = found, words[1:]
        context = click.Context(command, parent=context)
    if command.name == "manage":
        assert words[0] in get_commands()
    elif "--help" not in words:
        command.make_parser(context).parse_args(words)


@pytest.mark.parametrize("words", [words for document in DOCUMENTS for words in commands_of(document)], ids=" ".join)
def test_a_command_shown_exists(words: list[str]):
    program = Path(words[0]).name
    if program == "make":
        assert {word for word in words[1:] if "=" not in word} <= TARGETS
    elif program == "metropolis":
        require_command(words[1:])
    else:
        assert program in {"export", "git", "cd", "python"}


@every_document
def test_an_example_runs(document: Path):
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    assert doctest.testfile(str(document), module_relative=False, optionflags=flags).failed == 0


@every_document
def test_a_link_to_a_file_leads_somewhere(document: Path):
    targets = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", document.read_text())
    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_generated_pages_say_what_the_code_says():
    for name, page in runpy.run_path(str(ROOT / "scripts/reference.py"))["PAGES"].items():
        assert (DOCS / "reference" / name).read_text() == page(), f"{name} is out of date: run make docs"


def test_every_variable_is_explained():
    table = (DOCS / "reference/environment.md").read_text()
    for name, field in Environment.model_fields.items():
        assert f"| `METROPOLIS_{name.upper()}` |" in table
        assert field.description


def test_every_tool_has_a_page():
    tools = {folder.parent.name for folder in (ROOT / "src/metropolis/tools").glob("*/apps.py")}
    assert tools == {page.stem for page in (DOCS / "tools").glob("*.md")} - {"index"}


def test_the_documents_build_without_a_warning(tmp_path: Path):
    sphinx = [
        sys.executable,
        "-m",
        "sphinx",
        "-W",
        "--keep-going",
        "-q",
        "-b",
        "html",
        "-d",
        str(tmp_path / "doctrees"),
    ]
    answer = subprocess.run([*sphinx, DOCS, tmp_path / "html"], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
