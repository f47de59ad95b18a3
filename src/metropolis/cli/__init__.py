"""``metropolis …``: the command line, from which everything on a page can be done.

Each module of this package offers its commands as ``COMMANDS``. A module imports Django and the tools inside its
commands, so that ``--help`` answers at once.
"""

import importlib
import pkgutil
import sys

import click

from metropolis.engine_kit.errors import MetropolisError


@click.group()
@click.version_option(package_name="metropolis")
def metropolis() -> None:
    """A platform on which a worldwide network of cities runs its initiatives."""


for _module in pkgutil.iter_modules(__path__):
    if _module.name == "__main__":  # it runs what is being defined here
        continue
    for _command in getattr(importlib.import_module(f"{__name__}.{_module.name}"), "COMMANDS", ()):
        metropolis.add_command(_command)


def main() -> None:
    """Run the command of `sys.argv`; a refusal is one line on stderr and exit status 2."""
    try:
        metropolis()
    except MetropolisError as error:
        click.echo(f"metropolis: {error.message}", err=True)
        sys.exit(2)
