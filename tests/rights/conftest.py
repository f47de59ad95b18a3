"""The network in which the tests of this folder try what everybody may do."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .world import World


@pytest.fixture
def world(db: None, tmp_path: Path) -> Iterator["World"]:
    """The network, with an index and files of its own. One test tries a whole table in it: building it takes longer."""
    # A conftest is read before the apps are loaded.
    from django.test import override_settings  # noqa: PLC0415

    from .world import build  # noqa: PLC0415

    files, search = tmp_path / "files", tmp_path / "search"
    with override_settings(SEARCH_FOLDER=search, SEARCH_ENCODERS=("use",), MEDIA_ROOT=files):
        yield build()
