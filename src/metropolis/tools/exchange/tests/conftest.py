"""An index of its own for each test that searches."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytest_django.fixtures import Settings

if TYPE_CHECKING:
    from metropolis.foundation.workspaces.models import Initiative


@pytest.fixture(scope="session")
def empty_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index without documents, made once: what takes time is embedding the questions that correct hubness."""
    from metropolis.tools.exchange.engine import SearchIndex  # noqa: PLC0415 - read before the apps are loaded

    folder = tmp_path_factory.mktemp("search")
    SearchIndex.create(folder / "index", ("use",))
    return folder


@pytest.fixture
def search_folder(empty_index: Path, tmp_path: Path, settings: Settings) -> Path:
    """Settings that point to an index not built yet, with its vectors at hand."""
    folder = tmp_path / "search"
    shutil.copytree(empty_index, folder)
    settings.SEARCH_FOLDER = folder
    settings.SEARCH_ENCODERS = ("use",)
    return folder


@pytest.fixture
def network(db: None, search_folder: Path) -> "Initiative":
    """An open initiative in a network whose index is built."""
    from metropolis.foundation.taxonomy.operations import load_vocabularies  # noqa: PLC0415
    from metropolis.tools.exchange.operations import rebuild_index  # noqa: PLC0415
    from metropolis.tools.exchange.tests.factories import an_initiative  # noqa: PLC0415

    load_vocabularies()
    initiative = an_initiative("Metropolis Initiatives", slug="metropolis-initiatives", is_open=True)
    rebuild_index()
    return initiative
