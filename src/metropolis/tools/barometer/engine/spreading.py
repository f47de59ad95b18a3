"""Replications spread over processes or machines by Dask: the same seed gives the same figures as in one process."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import numpy as np

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine.framework import Framework
from metropolis.tools.barometer.engine.recipe import Recipe
from metropolis.tools.barometer.engine.replicating import Study
from metropolis.tools.barometer.engine.table import Table
from metropolis.tools.barometer.engine.uncertainty import Progress, Scores, Uncertainty
from metropolis.tools.barometer.engine.varying import Indices, Variation

#: Parts that each worker gets on average: enough for one that is slow to be helped by the others.
PARTS = 8
#: Dask's workers give memory back at once, and ask for it again at every step, and watch themselves work: a third more.
ENVIRONMENT = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
    "MALLOC_MMAP_THRESHOLD_": str(1 << 25),
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "OPENBLAS_NUM_THREADS": "1",
}


@contextmanager
def workers(count: int) -> Iterator[Any]:
    """A client of so many worker processes on this machine; `InvalidInput` where Dask is not installed."""
    dask = _dask()
    own = {"n_workers": count, "threads_per_worker": 1, "dashboard_address": None}
    with (
        import_module("dask").config.set({"distributed.nanny.pre-spawn-environ": ENVIRONMENT}),
        dask.LocalCluster(**own) as cluster,
        dask.Client(cluster) as client,
    ):
        yield client


def _dask() -> Any:
    try:
        return import_module("distributed")  # an extra that few need
    except ImportError as error:
        message = "To spread replications over processes, install Dask: pip install 'metropolis[spread]'."
        raise InvalidInput(message, field="workers") from error


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
    recipe = recipe or Recipe()
    # Built by a worker, not sent: what is sent is lost with the worker that holds it, this is built again.
    there = client.submit(Study, data, framework, recipe, variation, seed, pure=False)
    study = Study(data, framework, recipe, variation, seed)
    chosen = variation.draw(replications, seed) if rows is None else rows
    scores = np.empty((len(chosen), len(study.nominal.scores.units)), dtype=np.float32)
    client.replicate([there])
    groups = study.groups(chosen)
    parts = np.array_split(np.arange(len(groups)), min(len(groups), PARTS * max(1, len(client.ncores()))))
    mine = {
        client.submit(_scores, there, [chosen[groups[number]] for number in part], pure=False): part for part in parts
    }
    done = 0
    for future, found in _dask().as_completed(mine, with_results=True):
        some = np.concatenate([groups[number] for number in mine[future]])
        scores[some] = found
        done += len(some)
        if progress is not None:
            progress(done, len(chosen))
    return Uncertainty(study.nominal, variation, seed, chosen, scores)


def _scores(study: Study, groups: Sequence[Indices]) -> Scores:
    return np.concatenate([np.asarray(study.scores(rows), dtype=np.float32) for rows in groups])
