"""Django's own commands, under our name."""

import click

from metropolis.cli.site import open_site


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Run one of Django's commands: ``metropolis manage migrate``."""
    from django.core.management import execute_from_command_line

    open_site()
    execute_from_command_line(["metropolis manage", *arguments])


COMMANDS = (manage,)
