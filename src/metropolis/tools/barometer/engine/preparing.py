"""Making figures comparable and leaving out units of which too little is known."""

import numpy as np

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine.framework import Framework
from metropolis.tools.barometer.engine.table import Table


def denominate(table: Table, framework: Framework) -> Table:
    """Divide each indicator by its denominator, a column of the same table; a missing denominator gives nan.

    `InvalidInput` names the unit whose denominator is zero. See the OECD/JRC Handbook (2008), step 3.

    >>> from metropolis.tools.barometer.engine.framework import Node
    >>> tree = Framework(nodes=[Node(code="beds", parent="i", denominator="people"), Node(code="i")])
    >>> denominate(Table(("X",), ("beds", "people"), np.array([[30.0, 10.0]])), tree).column("beds").tolist()
    [3.0]
    """
    values = table.values.copy()
    for node in framework.indicators:
        if node.denominator is None:
            continue
        divisor = table.column(node.denominator)
        zero = np.flatnonzero(divisor == 0)
        if len(zero):
            message = f"{node.denominator!r}, the denominator of {node.code!r}, is zero for {table.units[zero[0]]!r}."
            raise InvalidInput(message, field=node.denominator)
        place = table.place(node.code)
        values[:, place] = table.values[:, place] / divisor
    return table.with_values(values)


def availability(table: Table, framework: Framework) -> dict[str, np.ndarray]:
    """The share of indicators known of each unit beneath each aggregate, shape (units,) each, by the node's code.

    COINr (Becker et al., JOSS 2022), data availability.

    >>> from metropolis.tools.barometer.engine.example import example
    >>> availability(*example(2024))["calm"].tolist()
    [1.0, 1.0, 1.0, 0.5, 1.0, 1.0]
    """
    known = ~np.isnan(table.values)
    found = {}
    for node in framework.aggregates:
        places = [table.place(leaf.code) for leaf in framework.leaves(node.code)]
        found[node.code] = known[:, places].mean(axis=1)
    return found


def screen(table: Table, framework: Framework, *, least: float = 0.0, least_nonzero: float = 0.0) -> Table:
    """Keep the units of which at least the share `least` of the indicators is known, and `least_nonzero` is not zero.

    `InvalidInput` when no unit is left. See Becker et al., "COINr" (JOSS 2022), unit screening.

    >>> from metropolis.tools.barometer.engine.example import example
    >>> screen(*example(2024), least=0.9).units
    ('LIM', 'QUI', 'DAK', 'OSL', 'BAR')
    """
    values = table.select([node.code for node in framework.indicators]).values
    known = ~np.isnan(values)
    nonzero = (known & (values != 0)).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    kept = (known.mean(axis=1) >= least) & (nonzero >= least_nonzero)
    if not kept.any():
        message = f"No unit has {least:.0%} of its indicators and {least_nonzero:.0%} of them other than zero."
        raise InvalidInput(message, field="screen")
    return table.keep(kept)
