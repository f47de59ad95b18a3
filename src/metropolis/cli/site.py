"""What commands that need the database have in common."""

import os
from typing import Any

import click


def open_site() -> None:
    """Load the settings and every app; until then models cannot be imported."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "metropolis.web.settings")
    django.setup()


class SiteCommand(click.Command):
    """A command for which the site is opened when it runs, not when it shows its help.

    Use: ``@click.command(cls=SiteCommand)``.
    """

    def invoke(self, ctx: click.Context) -> Any:
        """Open the site, then run the command."""
        open_site()
        return super().invoke(ctx)
