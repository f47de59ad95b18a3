"""The surroundings of every test: a data folder of its own, quick passwords, plain static files."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

# One folder a process, because each has its own database, index and files.
DATA = Path(tempfile.mkdtemp(prefix="metropolis-test-"))
(DATA / "static").mkdir()

# Set before Django reads its settings; what the caller's shell says for a deployment does not reach the tests,
# except the database, which is what `tests/postgres.py` chooses.
for _name in [name for name in os.environ if name.startswith("METROPOLIS_") and name != "METROPOLIS_DATABASE_URL"]:
    del os.environ[_name]
os.environ.update(
    DJANGO_SETTINGS_MODULE="metropolis.web.settings",
    DJANGO_ALLOW_ASYNC_UNSAFE="1",  # the browser's driver keeps an event loop in the thread that runs the tests
    METROPOLIS_DATA_FOLDER=str(DATA),
    METROPOLIS_HTTPS="false",
    METROPOLIS_SECRET_KEY="secret of the tests" * 3,
    METROPOLIS_LOG_LEVEL="ERROR",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screenshots", metavar="FOLDER", help="keep a picture of what each journey saw last")


# What lands must not depend on luck; everybody else looks for new cases at each run.
hypothesis.settings.register_profile("ci", derandomize=True)
if "CI" in os.environ:
    hypothesis.settings.load_profile("ci")


def pytest_configure() -> None:
    from django.conf import settings  # noqa: PLC0415  # reads the variables above

    settings.PAGE_MEMORY = 0  # what a test writes past the operations is seen at once
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


def pytest_unconfigure() -> None:
    shutil.rmtree(DATA, ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what uses the database and what drives a browser, so that a run can choose by ``-m``."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") or fixtures & {"db", "transactional_db", "live_server"}:
            item.add_marker("database")
        if "page" in fixtures:
            item.add_marker("journey")


@pytest.fixture(autouse=True)
def _read_in_english() -> Iterator[None]:
    """Begin each test in the default language: a request leaves its reader's language behind in the thread."""
    from django.utils import translation  # noqa: PLC0415  # reads the variables above

    with translation.override("en"):
        yield
