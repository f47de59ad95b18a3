"""Replications spread over processes or machines by Dask: the same seed gives the same figures as in one process."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine.framework import Framework
from metropolis.tools.barometer.engine.recipe import Recipe
from metropolis.tools.barometer.engine.replicating import Study
from metropolis.tools.barometer.engine.table import Table
from metropolis.tools.barometer.engine.uncertainty import Progress, Scores, Uncertainty
from metropolis.tools.barometer.engine.varying import Indices, Variation

#: Parts that each worker gets on average: enough for one that is slow to be helped by the others.
PARTS = 8


@contextmanager
def workers(count: int) -> Iterator[Any]:
    """A client of so many worker processes on this machine; `InvalidInput` where Dask is not installed."""
    try:
        from distributed import Client, LocalCluster  # noqa: PLC0415 an extra that few need
    except ImportError as error:
        message = "To spread replications over processes, install Dask: pip install 'metropolis[spread]'."
        raise InvalidInput(message, field="workers") from error
    with (
        LocalCluster(n_workers=count, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        yield client


def spread(
    client: Any,
    data: Table,
    framework: Framework,
    recipe: Recipe | None = None,
    *,
    variation: Variation,
    replications: int = 1000,
    seed: int = 0,
    rows: Indices | None = None,
    progress: Progress | None = None,
) -> Uncertainty:
    """What `simulate` gives, to the last bit, computed by the workers of a Dask `client`.

    The parts of a worker that dies are computed again by others. The scores of all replications come back here: 4 bytes
    for each replication of each unit.
    """
    from distributed import as_completed  # noqa: PLC0415 an extra that few need

    recipe = recipe or Recipe()
    study = Study(data, framework, recipe, variation, seed)
    chosen = variation.draw(replications, seed) if rows is None else rows
    scores = np.empty((len(chosen), len(study.nominal.scores.units)), dtype=np.float32)
    # Built by a worker, not sent: what is sent is lost with the worker that holds it, this is built again.
    there = client.submit(Study, data, framework, recipe, variation, seed, pure=False)
    client.replicate([there])
    groups = study.groups(chosen)
    parts = np.array_split(np.arange(len(groups)), min(len(groups), PARTS * max(1, len(client.ncores()))))
    mine = {
        client.submit(_scores, there, [chosen[groups[number]] for number in part], pure=False): part for part in parts
    }
    done = 0
    for future, found in as_completed(mine, with_results=True):
        done += _placed(scores, [groups[number] for number in mine[future]], found)
        if progress is not None:
            progress(done, len(chosen))
    return Uncertainty(study.nominal, variation, seed, chosen, scores)


def _scores(study: Study, groups: Sequence[Indices]) -> list[Scores]:
    return [np.asarray(study.scores(rows), dtype=np.float32) for rows in groups]


def _placed(scores: Scores, groups: Sequence[NDArray[np.intp]], found: Sequence[Scores]) -> int:
    for some, part in zip(groups, found, strict=True):
        scores[some] = part
    return sum(map(len, groups))
