"""How fast indices are built, varied and spread, in processor time on one thread, and how much memory that takes.

    python benchmarks/barometer.py [--workers 2] [--no-spread]

Each line is measured in a process of its own, the least of several runs; the peak is that of the whole process. Cities
are invented; the ASEM lines need the published example beside the project and are left out without it. The spread is
measured by the clock, and so needs a machine with nothing else to do.
"""

import os

os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")  # before numpy

import argparse
import itertools
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from metropolis.tools.barometer.engine import Framework, Meta, Node, Recipe, Table, build, check
from metropolis.tools.barometer.engine.normalising import MinMax, ZScore
from metropolis.tools.barometer.engine.recipe import Aggregate, Denominate, Impute, Normalise, Screen, Treat
from metropolis.tools.barometer.engine.spreading import spread, workers
from metropolis.tools.barometer.engine.statistics import ranks
from metropolis.tools.barometer.engine.uncertainty import Uncertainty, simulate
from metropolis.tools.barometer.engine.varying import DataNoise, StepOptions, Variation, WeightNoise

if TYPE_CHECKING:
    from django.test import Client

ASEM_STEPS = (Denominate(), Impute(group="EurAsia_group"), Screen(least=0.9), Treat(), Normalise(), Aggregate())
MATCHED = 57.0  # ms that the bare product, sort and histogram took where the limit of 60 ms was set


class Line(NamedTuple):
    """One line of the table: what is done, how, what it may take at most, and how often it is tried."""

    title: str
    method: str
    limit: str
    run: Callable[[], object]
    tries: int = 5


def invented(units: int, indicators: int, pillars: int = 6) -> tuple[Table, Framework]:
    """Cities with figures drawn evenly, under pillars and an index."""
    values = np.random.default_rng(0).uniform(1, 9, (units, indicators))
    codes = tuple(f"x{place}" for place in range(indicators))
    nodes = [Node(code="index"), *(Node(code=f"p{place}", parent="index") for place in range(pillars))]
    nodes += [Node(code=code, parent=f"p{place % pillars}") for place, code in enumerate(codes)]
    return Table(tuple(f"city {place}" for place in range(units)), codes, values), Framework(nodes=tuple(nodes))


def intervals(found: Uncertainty) -> Uncertainty:
    """Force what a page shows: score and rank intervals."""
    found.score_interval()
    found.rank_interval()
    return found


def noise() -> DataNoise:
    """Survey errors of twenty indicators."""
    return DataNoise(errors={f"x{place}": 0.3 for place in range(20)})


def asem() -> tuple[Table, Framework]:
    """The published example of 51 countries by 49 indicators."""
    from metropolis.tools.barometer.tests.published import asem as published  # noqa: PLC0415 beside the project

    data, meta = published()
    return data, meta.framework


def asem_build() -> object:
    """Every treatment of the example once."""
    return build(*asem(), Recipe(steps=ASEM_STEPS))


def asem_replications() -> object:
    """Imputation, winsorising, scale, mean and weights varied."""
    options = (
        StepOptions(
            name="Imputation", step=1, options=(Impute(group="EurAsia_group"), Impute(), Impute(method="median"))
        ),
        StepOptions(name="Winsorising", step=3, options=tuple(Treat(points=points) for points in range(1, 6))),
        StepOptions(
            name="Scale",
            step=4,
            options=(Normalise(how=MinMax(lower=1)), Normalise(how=ZScore(mean=100, deviation=10))),
        ),
        StepOptions(name="Mean", step=5, options=(Aggregate(), Aggregate(method="geometric"))),
    )
    variation = Variation(inputs=(*options, WeightNoise()))
    return intervals(simulate(*asem(), Recipe(steps=ASEM_STEPS), variation=variation, replications=1000, seed=1))


def weights_and_methods() -> object:
    """200 cities by 60 indicators."""
    return intervals(simulate(*CITIES, variation=Variation(inputs=(WeightNoise(),)), replications=10_000, seed=1))


def survey_noise() -> object:
    """Likewise, with errors in the data."""
    variation = Variation(inputs=(WeightNoise(), noise()))
    return intervals(simulate(*CITIES, variation=variation, replications=10_000, seed=1))


def many_cities() -> object:
    """10,000 cities by 100 indicators."""
    return intervals(simulate(*invented(10_000, 100), variation=Variation(inputs=(WeightNoise(),)), seed=1))


def many_cities_noise() -> object:
    """Likewise, with errors in the data."""
    return intervals(simulate(*invented(10_000, 100), variation=Variation(inputs=(WeightNoise(), noise())), seed=1))


def weight_moved() -> object:
    """A weight changed by hand, everything built anew."""
    data, framework = CITIES
    return ranks(build(data, framework.with_weights({"p0": 1.7})).of("index"))


@cache
def browser() -> "Client":
    """A browser on a site that has a barometer of these cities."""
    import barometer_page  # noqa: PLC0415 it makes a site, which the other lines do not need

    return barometer_page.browser(*CITIES)


def weight_moved_on_page() -> object:
    """The same asked of the page, the site around it: read, weighed, ranked and written as HTML."""
    return browser().get(f"/barometers/the-barometer/2025/framework/ranking/?w.p0={next(WEIGHTS):.2f}").content


def upload_checked() -> object:
    """200 cities by 60 indicators over five years looked through for mistakes."""
    return check(PANEL, Meta(CITIES[1], (), ()))


def bare() -> object:
    """The product, sort and histogram of 10,000 runs of 200 by 60, nothing around them."""
    scores = BARE[0] @ BARE[1]
    keys = scores.view(np.int32).astype(np.int64) * -256 + np.arange(200)
    keys.sort(axis=1)
    return np.bincount(((keys & 255) * 200 + np.arange(200)).ravel(), minlength=40_000)


CITIES = invented(200, 60)
#: No page is asked for twice: it might be remembered.
WEIGHTS = itertools.count(1.01, 0.01)
PANEL = Table(
    CITIES[0].units * 5, CITIES[0].columns,
    np.vstack([CITIES[0].values * np.random.default_rng(year).uniform(0.98, 1.02, (200, 60)) for year in range(5)]),
    times=tuple(np.repeat(range(2021, 2026), 200).tolist()),
)  # fmt: skip
BARE = tuple(np.random.default_rng(0).uniform(size=shape).astype(np.float32) for shape in ((10_000, 60), (60, 200)))
LINES = {
    "bare": Line("10,000 × 200 × 60, bare", "float32 product, int64 key sort, bincount", "", bare, 15),
    "asem": Line("ASEM build", "six steps, all stages kept", "30 ms", asem_build, 15),
    "asem-1000": Line("ASEM, 1,000 replications", "60 choices of steps, one product each", "100 ms", asem_replications),
    "200": Line(
        "200 × 60, 10,000 replications", "one weight an indicator; rank histogram", "", weights_and_methods, 15
    ),
    "200-noise": Line("… with survey noise on 20", "min-max redone, no cube", "600 ms, 200 MB", survey_noise),
    "10000": Line("10,000 × 100, 1,000 replications", "the same; ranks sorted", "10 s, 1 GB", many_cities, 3),
    "10000-noise": Line("… with survey noise on 20", "min-max redone, no cube", "10 s, 1 GB", many_cities_noise, 1),
    "check": Line("Checking 200 × 60 × 5 years", "whole arrays, no loop over cells", "50 ms", upload_checked, 15),
    "moved": Line("A weight moved, 200 × 60", "built anew, ranked", "100 ms", weight_moved, 15),
    "moved-page": Line("… on the page", "request to HTML, one product", "100 ms", weight_moved_on_page, 15),
}


def measure(name: str) -> None:
    """Print the milliseconds of processor time and the peak in MB."""
    line, least = LINES[name], float("inf")
    for _ in range(line.tries):
        began = time.process_time()
        line.run()
        least = min(least, time.process_time() - began)
    print(least * 1000, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def in_own_process(name: str) -> tuple[float, float]:
    """What `measure` prints, of a process that does nothing else."""
    command = [sys.executable, __file__, "--line", name]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(told[0]), float(told[1])


def measure_spread(count: int) -> None:
    """Print seconds by the clock alone and spread, that both give the same, and how many times faster it is."""
    data, framework = invented(10_000, 100)
    told = {"variation": Variation(inputs=(WeightNoise(), noise())), "replications": 4000, "seed": 1}
    with workers(count) as client:
        spread(client, data, framework, **told | {"replications": 50})  # the workers import
        clock = time.perf_counter()
        both = spread(client, data, framework, **told)
        spread_seconds = time.perf_counter() - clock
        busy = client.run(time.process_time)
    clock = time.perf_counter()
    alone = simulate(data, framework, **told)
    seconds = time.perf_counter() - clock
    same = "the same to the last bit" if np.array_equal(alone.scores, both.scores) else "DIFFERENT"
    print(
        f"10,000 × 100 with noise, 4,000 replications: {seconds:.2f} s alone, {spread_seconds:.2f} s over {count}",
        end="",
    )
    print(f" processes, {seconds / spread_seconds:.2f} × faster (at least 1.6 ×), {same}; ", end="")
    print(f"the workers' processors were busy for {', '.join(f'{s:.1f}' for s in busy.values())} s.")


def main() -> None:
    """Measure every line, then the spread."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--no-spread", action="store_true")
    parser.add_argument("--line", choices=LINES, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.line:
        measure(asked.line)
        return
    bare_ms, _ = in_own_process("bare")
    limit = f"{60 * bare_ms / MATCHED * 1.5:.0f} ms (60 ms × {bare_ms:.1f} ÷ {MATCHED:.0f} × 1.5)"
    print("Barometer: processor time on one thread, peak memory of the process, limit, method")
    for name, line in LINES.items():
        try:
            milliseconds, peak = in_own_process(name)
        except subprocess.CalledProcessError as error:
            print(f"  {line.title:34}  not measured: {error.stderr.strip().splitlines()[-1]}")
            continue
        most = limit if name == "200" else line.limit
        print(f"  {line.title:34}{milliseconds:9.1f} ms {peak:6.0f} MB   {most:16}  {line.method}")
    if not asked.no_spread:
        measure_spread(asked.workers)


if __name__ == "__main__":
    main()
