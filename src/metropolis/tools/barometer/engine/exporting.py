"""An edition's tables as CSV, in full precision, in the form that `read_data` and `read_framework` take back.

Words that a spreadsheet would take for a formula begin with an apostrophe; numbers are left as they are.
"""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from metropolis.tools.barometer.engine.figures import Figures, Influence, Numbers, Sureness, YearFigures
from metropolis.tools.barometer.engine.material import Material
from metropolis.tools.barometer.engine.reading import Meta
from metropolis.tools.barometer.engine.varying import DataNoise, Variation
from metropolis.tools.barometer.engine.writing import framework_rows

_SURE = ("lower", "median", "upper", "best", "worst", "topQuartile", "aboveNext")
_SOBOL = ("first", "firstLower", "firstUpper", "total", "totalLower", "totalUpper")


def scores_csv(figures: Figures, year: int | None = None) -> str:
    """The score of every unit (and year) in every node; of one `year` alone where it is given.

    >>> from metropolis.tools.barometer.engine.example import example
    >>> from metropolis.tools.barometer.engine.figures import figures
    >>> from metropolis.tools.barometer.engine.material import StoredTable
    >>> data, framework = example(None)
    >>> material = Material(framework=framework, data=StoredTable.of(data), replications=100, base=16)
    >>> scores_csv(figures(material)).splitlines()[0]
    'uCode,Time,clinics,waiting,trust,fear,care,calm,index'
    """
    return _by_node(figures, year, ranks=False)


def ranks_csv(figures: Figures, year: int | None = None) -> str:
    """Likewise the rank, 1 being the best of the year.

    >>> from metropolis.tools.barometer.engine.example import example
    >>> from metropolis.tools.barometer.engine.figures import figures
    >>> from metropolis.tools.barometer.engine.material import StoredTable
    >>> data, framework = example(None)
    >>> material = Material(framework=framework, data=StoredTable.of(data), replications=100, base=16)
    >>> ranks_csv(figures(material), 2025).splitlines()[1]
    'LIM,2025,4,5,5,6,4,6,6'
    """
    return _by_node(figures, year, ranks=True)


def intervals_csv(figures: Figures, year: int | None = None) -> str:
    """The index of every unit with its rank, and both with their 90 % intervals as far as these are computed.

    >>> from metropolis.tools.barometer.engine.example import example
    >>> from metropolis.tools.barometer.engine.figures import figures
    >>> from metropolis.tools.barometer.engine.material import StoredTable
    >>> data, framework = example(None)
    >>> material = Material(framework=framework, data=StoredTable.of(data), replications=100, base=16)
    >>> intervals_csv(figures(material), 2025).splitlines()[0]
    'uCode,Time,score,rank,lower,median,upper,best,worst,topQuartile,aboveNext'
    """
    rows = (
        [*start, one.scores[place][-1], _whole(one.ranks[place][-1]), *_sure(one.sure, place)]
        for one, place, start in _units(figures, year)
    )
    return _csv([*_about(figures), "score", "rank", *_SURE], rows)


def data_csv(material: Material) -> str:
    """The figures as they were given, as COINr's iData.

    >>> from metropolis.tools.barometer.engine.example import example
    >>> from metropolis.tools.barometer.engine.material import StoredTable
    >>> data, framework = example(None)
    >>> material = Material(framework=framework, data=StoredTable.of(data), replications=100, base=16)
    >>> data_csv(material).splitlines()[1]
    'LIM,Lima,2024,America,4.0,30.0,45.0,52.0'
    """
    data, _framework = material.parts()
    names, times = data.names or data.units, data.times
    rows = (
        [
            unit, names[row], *(times[row : row + 1]), *(words[row] for words in data.groups.values()),
            *_known(data.values[row].tolist()),
        ]
        for row, unit in enumerate(data.units)
    )  # fmt: skip
    return _csv(["uCode", "uName", *(["Time"] if times else []), *data.groups, *data.columns], rows)


def framework_csv(material: Material) -> str:
    """The tree with its weights as they were given, and the columns of groups and denominators, as COINr's iMeta.

    >>> from metropolis.tools.barometer.engine.example import example
    >>> from metropolis.tools.barometer.engine.material import StoredTable
    >>> data, framework = example(None)
    >>> material = Material(framework=framework, data=StoredTable.of(data), replications=100, base=16)
    >>> framework_csv(material).splitlines()[1]
    'clinics,Clinics nearby,care,Indicator,1.0,1,"per 10,000 inhabitants",,,0.0,20.0,0,,,,,'
    """
    data, framework = material.parts()
    dividing = {node.denominator for node in framework.indicators}
    meta = Meta(framework, tuple(code for code in data.columns if code in dividing), tuple(data.groups))
    heading, *rows = framework_rows(meta)
    return _csv(map(str, heading), rows)


def parameters_csv(material: Material) -> str:
    """What made each replication behind the intervals: the option of each input, from 0.

    >>> from metropolis.tools.barometer.engine.example import example
    >>> from metropolis.tools.barometer.engine.material import StoredTable
    >>> data, framework = example(None)
    >>> material = Material(framework=framework, data=StoredTable.of(data), replications=100, base=16)
    >>> parameters_csv(material).splitlines()[0]
    'replication,Weights,Leaving out'
    """
    varying = material.varying
    drawn = varying.draw(material.replications, material.seed)
    rows = ([number, *row] for number, row in enumerate(drawn.tolist(), start=1))
    return _csv(["replication", *(one.name for one in varying.inputs)], rows)


def variation_json(material: Material, year: int | None = None) -> str:
    """What varies, as `read_variation` takes it; the errors of one `year`'s rows alone where it is given.

    >>> from metropolis.tools.barometer.engine.framework import Framework, Node
    >>> from metropolis.tools.barometer.engine.material import StoredTable
    >>> tree = Framework(nodes=[Node(code="a", parent="i"), Node(code="i")])
    >>> data = StoredTable(units=("X", "X"), columns=("a",), values=((1.0,), (3.0,)), times=(2024, 2025))
    >>> material = Material(framework=tree, data=data, errors={"a": (0.5, 0.7)})
    >>> Variation.model_validate_json(variation_json(material, 2025)).inputs[-1].errors
    {'a': (0.7,)}
    """
    varying = material.varying
    data, _framework = material.parts()
    if year is not None and data.times:
        here = [row for row, time in enumerate(data.times) if time == year]
        varying = Variation(
            inputs=tuple(_of_rows(one, here) if isinstance(one, DataNoise) else one for one in varying.inputs)
        )
    return f"{varying.model_dump_json(indent=2)}\n"


def _of_rows(one: DataNoise, rows: Sequence[int]) -> DataNoise:
    errors = {
        code: tuple(error[row] for row in rows) if isinstance(error, tuple) else error
        for code, error in one.errors.items()
    }
    return one.model_copy(update={"errors": errors})


def sobol_csv(figures: Figures) -> str:
    """What moves each unit's score in the last year, and, in rows without a unit, all ranks together.

    >>> from metropolis.tools.barometer.engine.example import example
    >>> from metropolis.tools.barometer.engine.figures import sure_figures
    >>> from metropolis.tools.barometer.engine.material import StoredTable
    >>> data, framework = example(None)
    >>> material = Material(framework=framework, data=StoredTable.of(data), replications=100, base=16)
    >>> sobol_csv(sure_figures(material)).splitlines()[0]
    'uCode,of,input,first,firstLower,firstUpper,total,totalLower,totalUpper'
    """
    whose: Iterable[tuple[str, str, Sequence[Influence]]] = (
        ("", "rank shift", figures.whole),
        *((unit, "score", found) for unit, found in figures.by_unit.items()),
    )
    rows = (
        [unit, what, one.name, one.first, *one.first_interval, one.total, *one.total_interval]
        for unit, what, influences in whose
        for one in influences
    )
    return _csv(["uCode", "of", "input", *_SOBOL], rows)


def plain(word: str) -> str:
    """A word that no spreadsheet takes for a formula.

    >>> plain("=1+1"), plain("Lima")
    ("'=1+1", 'Lima')
    """
    return f"'{word}" if word.startswith(("=", "+", "-", "@", "\t", "\r")) else word


def _by_node(figures: Figures, year: int | None, *, ranks: bool) -> str:
    rows = (
        [*start, *(map(_whole, one.ranks[place]) if ranks else one.scores[place])]
        for one, place, start in _units(figures, year)
    )
    return _csv([*_about(figures), *figures.nodes], rows)


def _about(figures: Figures) -> list[str]:
    return ["uCode"] if figures.latest.year is None else ["uCode", "Time"]


def _units(figures: Figures, year: int | None) -> Iterable[tuple[YearFigures, int, list[object]]]:
    """Each year's figures, the place of a unit in them, and how its row begins."""
    for one in figures.years if year is None else (figures.of_year(year),):
        for place, unit in enumerate(one.units):
            yield one, place, [unit] if one.year is None else [unit, one.year]


def _sure(sure: Sureness | None, place: int) -> Sequence[object]:
    if sure is None:
        return [""] * len(_SURE)
    numbers: tuple[Numbers, ...] = (sure.lower, sure.median, sure.upper)
    ranks: tuple[Numbers, ...] = (sure.best, sure.worst)
    chances: tuple[Numbers, ...] = (sure.top_quarter, sure.above_next)
    return [
        *(one[place] for one in numbers), *(_whole(one[place]) for one in ranks), *(one[place] for one in chances)
    ]  # fmt: skip


def _whole(figure: float | None) -> int | None:
    return None if figure is None else int(figure)


def _known(figures: Sequence[float]) -> list[float | None]:
    return [figure if figure == figure else None for figure in figures]  # noqa: PLR0124 nan alone is unlike itself


def _csv(heading: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([plain(word) for word in heading])
    for row in rows:
        # A float is written by `repr`: the shortest text that gives the same number again.
        writer.writerow(["" if cell is None else plain(cell) if isinstance(cell, str) else cell for cell in row])
    return text.getvalue()
