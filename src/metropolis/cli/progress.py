"""Showing how far a long step has come."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import click

Progress = Callable[[int, int], None]


@contextmanager
def progress_bar(title: str) -> Iterator[Progress]:
    """Give a `progress(done, total)` that draws a bar under `title`; a step that never calls it shows nothing."""
    with ExitStack() as stack:
        bars: list[click._termui_impl.ProgressBar[int]] = []

        def progress(done: int, total: int) -> None:
            if not bars:
                bars.append(stack.enter_context(click.progressbar(length=total, label=title, file=sys.stderr)))
            bars[0].length = total
            bars[0].update(done - bars[0].pos)

        yield progress
