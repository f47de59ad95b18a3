"""Six invented cities over two years, upon which every example of this package runs."""

from pathlib import Path

from metropolis.tools.barometer.engine.framework import Framework
from metropolis.tools.barometer.engine.reading import read_data, read_framework
from metropolis.tools.barometer.engine.table import Table

_FOLDER = Path(__file__).with_name("data")
META = _FOLDER / "example_meta.csv"
DATA = _FOLDER / "example_data.csv"


def example(year: int | None = 2025) -> tuple[Table, Framework]:
    """Invented figures of one year, or of both for None, and their framework: what `build` takes.

    >>> data, framework = example()
    >>> data.units, data.columns, framework.root.label
    (('LIM', 'QUI', 'DAK', 'ACC', 'OSL', 'BAR'), ('clinics', 'waiting', 'trust', 'fear'), 'Caring city')
    """
    meta = read_framework(META)
    data = read_data(DATA, meta)
    return (data if year is None else data.of_year(year)), meta.framework
