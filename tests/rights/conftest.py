"""The network in which the tests of this folder try what everybody may do."""

import shutil
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytest_django import DjangoDbBlocker

if TYPE_CHECKING:
    from .world import World


@pytest.fixture(scope="module")
def built(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple["World", Path]]:
    """The network as it is built once for a module, because that takes seconds, and the folder of its files."""
    # A conftest is read before the apps are loaded.
    from .world import build, kept_in, undone  # noqa: PLC0415

    folder = tmp_path_factory.mktemp("world")
    with django_db_blocker.unblock(), undone():
        with kept_in(folder):
            world = build()
        yield world, folder


@pytest.fixture
def world(built: tuple["World", Path], db: None, tmp_path: Path) -> Iterator["World"]:
    """A copy of the network, with an index and files of its own; what is done in it is taken back."""
    from .world import kept_in  # noqa: PLC0415  # as above

    made, folder = built
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    with kept_in(tmp_path):
        yield deepcopy(made)
