"""A site of its own with one barometer, for what its pages take."""

import os
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from metropolis.tools.barometer.engine import Framework, Table

if TYPE_CHECKING:
    from django.test import Client

#: Gone when the process ends.
FOLDER = TemporaryDirectory(prefix="metropolis-benchmark-")


def browser(data: Table, framework: Framework) -> "Client":
    """A browser in which the maker of a barometer of these tables is signed in; the site is made for it."""
    os.environ |= {
        "METROPOLIS_DATA_FOLDER": FOLDER.name,
        "METROPOLIS_HTTPS": "false",
        "METROPOLIS_DEBUG": "true",
        "DJANGO_SETTINGS_MODULE": "metropolis.web.settings",
    }
    import django  # noqa: PLC0415 the settings are read when it is imported

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 likewise
    from django.test import Client  # noqa: PLC0415

    from metropolis.foundation.accounts.operations import open_account  # noqa: PLC0415
    from metropolis.foundation.taxonomy.operations import load_vocabularies  # noqa: PLC0415
    from metropolis.foundation.workspaces.operations import start_initiative  # noqa: PLC0415
    from metropolis.tools.barometer.operations import add_barometer, add_edition, set_tables  # noqa: PLC0415
    from metropolis.tools.barometer.values import BarometerInput, EditionInput  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    load_vocabularies()
    maker = open_account(email="maker@example.org", name="Maker", password="long enough to pass")  # noqa: S106
    fields = {"title": "Measured", "one_line": "An initiative that measures its cities."}
    start_initiative(author=maker, fields=fields, tools=["barometer"], slug="measured")
    content = BarometerInput(
        title="Invented", one_line="Invented cities.", summary="Cities with invented figures.", language="en"
    )
    add_barometer(initiative="measured", actor=maker, content=content, slug="the-barometer")
    add_edition(barometer_slug="the-barometer", actor=maker, content=EditionInput(label="2025"))
    set_tables(barometer_slug="the-barometer", label="2025", actor=maker, framework=framework, data=data)
    found = Client(SERVER_NAME="localhost")
    found.force_login(maker)
    return found
