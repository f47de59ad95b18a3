"""``python -m metropolis.cli`` is ``metropolis``."""

from metropolis.cli import main

main()
