"""``metropolis manage load_demonstration``: the demonstration network, for a site that is empty."""

from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand

from metropolis.demo.loader import load_demonstration
from metropolis.demo.people import people


class Command(BaseCommand):
    """Load the demonstration network, unless the site has accounts already."""

    help = "Load the demonstration network into a site that has no accounts yet, and say how to sign in."
    # Given by who calls the command from Python, as in `call_command("load_demonstration", progress=…)`.
    stealth_options = ("progress",)

    def handle(self, *args: Any, progress: Callable[[int, int], None] | None = None, **options: Any) -> None:  # noqa: ARG002 - what Django passes
        """Load it."""
        if not load_demonstration(progress=progress):
            if options["verbosity"]:
                self.stdout.write("The site has accounts already: the demonstration network was not loaded.")
            return
        told = people()
        self.stdout.write(f"Invented people to sign in as, all with the password {told.password}:")
        self.stdout.writelines(f"  {person.email}\n" for person in told.people)
