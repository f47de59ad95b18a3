"""Every function that the engine offers has an example that runs (pytest runs them) and says what it gives."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ENGINE = Path(__file__).parent.parent / "engine"
#: Shared between modules of the engine, and offered to nobody else.
INNER = {
    "cells": {"rows_of", "any_rows_of", "figure_in", "number_in", "is_word", "word_in", "known_word_in", "wrong"},
    "findings": {"reported"},
    "normalising": {"given_goalposts"},
    "reading": {
        "told_of",
        "node_of",
        "node_code_in",
        "codes_of",
        "misnamed",
        "headings_of",
        "long_headings",
        "about_units",
    },
    "recipe": {"read_as"},
    "suspicions": {"suspicions"},
    "varying": {"noisy_weights", "block_size", "errors_of"},
    # They start processes; tests/test_spreading.py runs them.
    "spreading": {"workers", "spread"},
}


def functions() -> Iterator[tuple[str, str]]:
    """Each public function's address and docstring."""
    for path in sorted(ENGINE.glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            is_public = isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
            if is_public and node.name not in INNER.get(path.stem, ()):
                yield f"{path.stem}.{node.name}", ast.get_docstring(node) or ""


FUNCTIONS = dict(functions())


@pytest.mark.parametrize("address", sorted(FUNCTIONS))
def test_a_function_has_an_example(address: str):
    assert ">>>" in FUNCTIONS[address]


def test_no_exemption_has_become_pointless():
    for module, names in INNER.items():
        tree = ast.parse((ENGINE / f"{module}.py").read_text(encoding="utf-8"))
        assert names <= {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
