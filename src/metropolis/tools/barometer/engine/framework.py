"""The framework: a tree from indicators over pillars to one index."""

from collections import Counter
from collections.abc import Callable
from functools import cached_property
from typing import Literal, Self

from pydantic import Field, model_validator

from metropolis.engine_kit import InvalidInput, Value

#: What is done to a tree takes the square of its nodes, and goes down its levels by itself.
MOST_NODES, MOST_LEVELS = 2000, 50
#: What a node says in words.
WORDS = ("name", "description", "unit", "source")


class Goalposts(Value):
    """The values that count as the bottom and the top of an indicator's scale, the same for every year."""

    lower: float
    upper: float

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if not self.lower < self.upper:
            message = f"The lower goalpost ({self.lower:g}) must be less than the upper one ({self.upper:g})."
            raise InvalidInput(message, field="goalposts")
        return self


class Node(Value):
    """An indicator, which has data, or an aggregate of the nodes whose `parent` it is.

    `weight` counts beside the siblings' weights and needs no sum. `direction` is 1 where more is better and -1 where
    less is; an aggregate of direction -1 is turned round on its scale before it goes into its parent. `denominator`
    names a column of the data. A `soft` indicator comes from people's answers, a hard one from statistics. `topic` is
    a word of a vocabulary of the caller's, `description` says what is measured and why.
    """

    code: str = Field(min_length=1)
    name: str = ""
    parent: str | None = None
    weight: float = Field(default=1.0, ge=0)
    direction: Literal[1, -1] = 1
    unit: str = ""
    target: float | None = None
    denominator: str | None = None
    goalposts: Goalposts | None = None
    is_soft: bool = False
    year: int | None = None
    source: str = ""
    licence: str = ""
    topic: str = ""
    description: str = ""

    @property
    def label(self) -> str:
        """The name, or the code where there is none."""
        return self.name or self.code


class Framework(Value):
    """A tree of nodes with one root: the index.

    >>> tree = Framework(nodes=[Node(code="care", parent="index"), Node(code="index")])
    >>> [node.code for node in tree.indicators], [node.code for node in tree.aggregates], tree.root.code
    (['care'], ['index'], 'index')
    """

    nodes: tuple[Node, ...]

    @model_validator(mode="after")
    def _is_a_tree(self) -> Self:
        if len(self.nodes) > MOST_NODES:
            message = f"There are {len(self.nodes)} nodes; a framework has {MOST_NODES} at most."
            raise InvalidInput(message, field="iCode")
        codes = Counter(node.code for node in self.nodes)
        twice = [code for code, count in codes.items() if count > 1]
        if twice:
            message = f"The code {twice[0]!r} is given to {codes[twice[0]]} nodes; each needs its own."
            raise InvalidInput(message, field="iCode", data={"code": twice[0]})
        for node in self.nodes:
            if node.parent is not None and node.parent not in codes:
                message = f"The parent of {node.code!r} is {node.parent!r}, which is no node's code."
                raise InvalidInput(message, field="Parent", data={"code": node.code})
        _refuse_circles({node.code: node.parent for node in self.nodes})
        roots = [node.code for node in self.nodes if node.parent is None]
        if len(roots) != 1:
            message = f"There must be one node without a parent, the index; there are {len(roots)}"
            raise InvalidInput(f"{message}{': ' if roots else ''}{', '.join(roots)}.")
        if max(self.heights.values()) > MOST_LEVELS:
            message = f"The tree has {max(self.heights.values())} levels; a framework has {MOST_LEVELS} at most."
            raise InvalidInput(message, field="Parent")
        for node in self.aggregates:
            if not sum(child.weight for child in self.children[node.code]):
                raise InvalidInput(f"All weights of what makes up {node.code!r} are zero.")
        return self

    @cached_property
    def by_code(self) -> dict[str, Node]:
        """Each node by its code."""
        return {node.code: node for node in self.nodes}

    @cached_property
    def children(self) -> dict[str, tuple[Node, ...]]:
        """The nodes that make up each aggregate, by its code, in their order."""
        found: dict[str, list[Node]] = {}
        for node in self.nodes:
            if node.parent is not None:
                found.setdefault(node.parent, []).append(node)
        return {code: tuple(nodes) for code, nodes in found.items()}

    @cached_property
    def heights(self) -> dict[str, int]:
        """How far above its lowest indicator each node stands: 1 for indicators."""
        found: dict[str, int] = {}
        for node in self.nodes:
            for height, code in enumerate(self._line(node.code) if node.code not in self.children else (), start=1):
                found[code] = max(found.get(code, 0), height)
        return found

    @cached_property
    def indicators(self) -> tuple[Node, ...]:
        """The nodes that have data, in their order."""
        return tuple(node for node in self.nodes if node.code not in self.children)

    @cached_property
    def aggregates(self) -> tuple[Node, ...]:
        """The others, from the pillars up to the index: every node after what makes it up."""
        above = [node for node in self.nodes if node.code in self.children]
        return tuple(sorted(above, key=lambda node: self.heights[node.code]))

    @property
    def root(self) -> Node:
        """The index."""
        return next(node for node in self.nodes if node.parent is None)

    def leaves(self, code: str) -> tuple[Node, ...]:
        """The indicators beneath a node, or the indicator itself."""
        return tuple(node for node in self.indicators if code in self._line(node.code))

    def shares(self) -> dict[str, float]:
        """The part each node has in the index by its weight and those above it; 1 for the index itself.

        >>> two = [Node(code="a", parent="i", weight=3), Node(code="b", parent="i"), Node(code="i")]
        >>> Framework(nodes=two).shares()
        {'a': 0.75, 'b': 0.25, 'i': 1.0}
        """
        return {node.code: self._share(node.code) for node in self.nodes}

    def with_weights(self, weights: dict[str, float]) -> "Framework":
        """The same tree with other weights for some nodes; `InvalidInput` for a code that is none."""
        unknown = weights.keys() - self.by_code.keys()
        if unknown:
            raise InvalidInput(f"{min(unknown)!r} is no node's code.", field="weights")
        changed = (n.model_copy(update={"weight": weights[n.code]}) if n.code in weights else n for n in self.nodes)
        return Framework(nodes=tuple(changed))

    def reworded(self, word: Callable[[str], str]) -> "Framework":
        """The same tree with what its nodes say in words as `word` gives it: in another language, for instance.

        >>> Framework(nodes=[Node(code="a", parent="i", name="Care"), Node(code="i")]).reworded(str.upper).nodes[0].name
        'CARE'
        """
        told = (node.model_copy(update={name: word(getattr(node, name)) for name in WORDS}) for node in self.nodes)
        return Framework.model_construct(nodes=tuple(told))  # a tree as before, which need not be checked again

    def without(self, code: str) -> "Framework":
        """The same tree less one node and all beneath it."""
        gone = {node.code for node in self.nodes if code in self._line(node.code)}
        return Framework(nodes=tuple(node for node in self.nodes if node.code not in gone))

    def _line(self, code: str) -> list[str]:
        """A node's code and those above it."""
        line = [code]
        while (parent := self.by_code[line[-1]].parent) is not None:
            line.append(parent)
        return line

    def _share(self, code: str) -> float:
        share = 1.0
        for below in self._line(code):
            node = self.by_code[below]
            if node.parent is not None:
                share *= node.weight / sum(sibling.weight for sibling in self.children[node.parent])
        return share


def _refuse_circles(parents: dict[str, str | None]) -> None:
    sound: set[str] = set()
    for code in parents:
        path: dict[str, None] = {}
        at: str | None = code
        while at is not None and at not in sound:
            if at in path:
                line = list(path)
                circle = " → ".join([*line[line.index(at) :], at])
                message = f"The tree of nodes goes round in a circle: {circle}."
                raise InvalidInput(message, field="Parent", data={"code": at})
            path[at] = None
            at = parents[at]
        sound |= path.keys()
