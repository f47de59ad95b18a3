"""An open initiative with experts in use, and the vocabularies."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from metropolis.foundation.workspaces.models import Initiative


@pytest.fixture
def initiative(db: None) -> "Initiative":
    # A conftest is read before the apps are loaded.
    from metropolis.foundation.taxonomy.operations import load_vocabularies  # noqa: PLC0415
    from metropolis.tools.experts.tests.factories import HomeFactory  # noqa: PLC0415

    load_vocabularies()
    return HomeFactory.create()
