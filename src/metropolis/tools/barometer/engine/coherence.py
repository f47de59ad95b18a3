"""Whether the parts of an index belong together: correlations, Cronbach's alpha, redundancy and conflict, in words."""

from typing import Literal

import numpy as np

from metropolis.engine_kit import Value
from metropolis.tools.barometer.engine.building import Index
from metropolis.tools.barometer.engine.statistics import correlations
from metropolis.tools.barometer.engine.table import Matrix

#: Correlations from which two parts say the same, and below which they contradict each other.
REDUNDANT, CONFLICTING = 0.92, -0.4


class Finding(Value):
    """Something about two parts of one node, or about a node, that its makers should look at."""

    kind: Literal["redundant", "conflicting", "against the rest"]
    codes: tuple[str, ...]
    figure: float
    words: str


class Alpha(Value):
    """Cronbach's alpha of a node's parts, and by part: its correlation with the rest, and alpha without it."""

    alpha: float
    with_rest: tuple[float, ...]
    if_deleted: tuple[float, ...]


def cronbach(values: Matrix) -> float:
    """Cronbach's alpha (1951) of the columns as they are, over the rows without a gap; nan for fewer than two.

    >>> round(cronbach(np.array([[1.0, 2.0], [2.0, 3.0], [4.0, 5.0]])), 3)
    1.0
    """
    whole = values[~np.isnan(values).any(axis=1)]
    count = whole.shape[1]
    total = whole.sum(axis=1).var(ddof=1) if len(whole) > 1 else 0.0
    if count < 2 or total == 0:  # noqa: PLR2004 one part has nothing to agree with
        return float("nan")
    return float(count / (count - 1) * (1 - whole.var(axis=0, ddof=1).sum() / total))


def consistency(values: Matrix) -> Alpha:
    """Alpha of standardised columns, and what each column does to it: OECD/JRC Handbook (2008), table 11.

    >>> told = consistency(np.array([[1.0, 2, 9], [2, 4, 1], [3, 5, 5], [4, 9, 4]]))
    >>> round(told.alpha, 3)
    0.114
    """
    whole = values[~np.isnan(values).any(axis=1)]
    scaled = (whole - whole.mean(axis=0)) / whole.std(axis=0, ddof=1)
    rest = scaled.sum(axis=1, keepdims=True) - scaled
    with_rest = [float(np.corrcoef(scaled[:, k], rest[:, k])[0, 1]) for k in range(scaled.shape[1])]
    deleted = [cronbach(np.delete(scaled, k, axis=1)) for k in range(scaled.shape[1])]
    return Alpha(alpha=cronbach(scaled), with_rest=tuple(with_rest), if_deleted=tuple(deleted))


def findings(index: Index) -> tuple[Finding, ...]:
    """What stands out in an index, node by node: parts that repeat, contradict or hardly touch one another.

    OECD/JRC Handbook (2008), steps 4 and 6, and what the JRC looks for in its audits of indices.

    >>> from metropolis.tools.barometer.engine import Framework, Node, Table, build
    >>> tree = Framework(nodes=[Node(code="beds", parent="i"), Node(code="rooms", parent="i"), Node(code="i")])
    >>> data = Table(("X", "Y", "Z"), ("beds", "rooms"), np.array([[1.0, 2.0], [2.0, 4.1], [5.0, 10.0]]))
    >>> [(one.kind, one.codes) for one in findings(build(data, tree))]
    [('redundant', ('beds', 'rooms'))]
    """
    found: list[Finding] = []
    for node in index.framework.aggregates:
        parts = index.framework.children[node.code]
        columns = np.column_stack([index.of(part.code) for part in parts])
        related = correlations(columns)
        for first in range(len(parts)):
            for second in range(first):
                pair = (parts[second], parts[first])
                found += _of_pair(pair[0].code, pair[1].code, pair[0].label, pair[1].label, related[first, second])
        for part, column in zip(parts, columns.T, strict=True):
            up = correlations(np.column_stack([column, index.of(node.code)]))[0, 1]
            if up < 0:
                words = f"{part.label} falls where {node.label} rises: its direction may be wrong."
                found.append(_finding("against the rest", (part.code, node.code), up, words))
    return tuple(found)


def _of_pair(first: str, second: str, one: str, other: str, related: float) -> list[Finding]:
    if related >= REDUNDANT:
        words = f"{one} and {other} say nearly the same: they count twice."
        return [_finding("redundant", (first, second), related, words)]
    if related <= CONFLICTING:
        words = f"Where {one} is high, {other} is low: their mean hides both."
        return [_finding("conflicting", (first, second), related, words)]
    return []


def _finding(kind: str, codes: tuple[str, ...], figure: float, words: str) -> Finding:
    return Finding(kind=kind, codes=codes, figure=float(figure), words=words)  # type: ignore[arg-type]


def influence(index: Index, code: str) -> dict[str, float]:
    """How much each part of a node moves it: its correlation with the node as a share of all parts', by code.

    Paruolo, Saisana & Saltelli (2013): a weight is not an importance. Shares can be negative.

    >>> from metropolis.tools.barometer.engine.building import build
    >>> from metropolis.tools.barometer.engine.example import example
    >>> {code: round(share, 2) for code, share in influence(build(*example()), "care").items()}
    {'clinics': 0.5, 'waiting': 0.5}
    """
    parts = index.framework.children[code]
    columns = np.column_stack([*(index.of(part.code) for part in parts), index.of(code)])
    related = correlations(columns)[:-1, -1]
    return dict(zip((part.code for part in parts), (related / related.sum()).tolist(), strict=True))
