"""The weights of a framework: what each node is of the whole, and of what stands beside it."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pydantic import Field

from metropolis.engine_kit import Value
from metropolis.foundation.pages.engine.charts.rows import Row, Rows
from metropolis.foundation.pages.engine.drawing import Drawing
from metropolis.foundation.pages.engine.look import PLAIN, Chart, Look, with_table
from metropolis.foundation.pages.engine.scale import Scale

_NOTHING = "\N{EN DASH}"
_COLOURS = ("action", "inclusion", "sustainability", "governance", "innovation")


class TreeNode(Value):
    """A node with its `weight` beside its siblings, which need no sum, under its `parent` (empty for the whole)."""

    code: str
    label: str
    parent: str = ""
    weight: float = Field(default=1.0, ge=0, allow_inf_nan=False)
    url: str = ""


class _Placed(NamedTuple):
    node: TreeNode
    depth: int
    begin: float
    end: float
    family: int


def tree_chart(title: str, nodes: Sequence[TreeNode], *, digits: int = 1, look: Look = PLAIN) -> Chart:
    """Indented rows, each with a bar that is its share of the whole and lies within its parent's.

    Nodes are drawn beneath their parents, in the order given, each code once. One whose parent is not among them begins
    a tree of its own; nodes that are their own forebears are left out.
    """
    shares = _shares(nodes)
    walked = _walk(nodes, shares)
    drawing = Drawing(look)
    lines = [
        Row(
            each.node.label,
            look.share(each.end - each.begin, digits),
            url=each.node.url,
            indent=min(each.depth, 6),
            is_strong=each.depth == 0,
        )
        for each in walked
    ]
    ticks = (0.0, 25.0, 50.0, 75.0, 100.0)
    frame = Rows(drawing, lines, Scale(low=0, high=100, ticks=ticks, digits=0))
    for each, middle in zip(walked, frame.middles, strict=True):
        colour = _COLOURS[each.family % len(_COLOURS)] if each.depth else "ink-soft"
        height = max(6, 14 - 3 * each.depth)
        ends = frame.x(100 * each.begin), frame.x(100 * each.end)
        drawing.bar((*ends, middle - height / 2, height), colour)
    labels = {node.code: node.label for node in nodes}
    columns: list[tuple[str, Sequence[str | None]]] = [
        (look.words.name, [each.node.label for each in walked]),
        (look.words.part_of, [labels.get(each.node.parent, _NOTHING) for each in walked]),
        (look.words.beside, [look.share(shares[each.node.code], digits) for each in walked]),
        (look.words.share, [line.text for line in lines]),
    ]
    return with_table(title, drawing.svg(frame.bottom, title), columns, unit="%", links=[line.url for line in lines])


def _shares(nodes: Sequence[TreeNode]) -> Mapping[str, float]:
    """What each node is of what stands beside it; equal parts where no sibling weighs anything."""
    sums: dict[str, float] = defaultdict(float)
    counts: Counter[str] = Counter()
    for node in nodes:
        sums[node.parent] += node.weight
        counts[node.parent] += 1
    return {
        node.code: node.weight / sums[node.parent] if sums[node.parent] else 1 / counts[node.parent] for node in nodes
    }


def _walk(nodes: Sequence[TreeNode], shares: Mapping[str, float]) -> list[_Placed]:
    children: dict[str, list[TreeNode]] = defaultdict(list)
    codes = {node.code for node in nodes}
    for node in nodes:
        children[node.parent if node.parent in codes else ""].append(node)
    found: list[_Placed] = []
    seen: set[str] = set()
    waiting = [_Placed(whole, 0, 0.0, 1.0, 0) for whole in reversed(children[""])]
    while waiting:
        placed = waiting.pop()
        found.append(placed)
        beneath = [child for child in children[placed.node.code] if child.code not in seen]
        seen.update(child.code for child in beneath)
        begin, within = placed.begin, []
        for number, child in enumerate(beneath):
            end = begin + (placed.end - placed.begin) * shares[child.code]
            within.append(_Placed(child, placed.depth + 1, begin, end, number if placed.depth == 0 else placed.family))
            begin = end
        waiting.extend(reversed(within))
    return found
