"""The framework as a page shows it: every node with its weight, what it is, and how well its parts go together."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from metropolis.tools.barometer.engine.coherence import Alpha, Finding
from metropolis.tools.barometer.engine.framework import Framework, Node
from metropolis.tools.barometer.pages.frame import Opened
from metropolis.tools.barometer.pages.steps import share
from metropolis.tools.barometer.pages.weights import Weights, plain
from metropolis.tools.barometer.queries.words import figure, number

#: What Cronbach's alpha says, from the value on that stands before it; the thresholds are those of Nunnally (1978).
_ALPHAS: tuple[tuple[float, Promise], ...] = (
    (0.9, gettext_lazy("Its parts tell nearly the same: some may be left out.")),
    (0.7, gettext_lazy("Its parts go well together.")),
    (0.5, gettext_lazy("Its parts go together in part.")),
    (-1e9, gettext_lazy("Its parts tell different things: no single number stands for all of them.")),
)
_FINDINGS: Mapping[str, Promise] = {
    "redundant": gettext_lazy("%(first)s and %(second)s say nearly the same: they count twice."),
    "conflicting": gettext_lazy("Where %(first)s is high, %(second)s is low: their mean hides both."),
    "against the rest": gettext_lazy("%(first)s falls where %(second)s rises: its direction may be wrong."),
}


@dataclass(frozen=True)
class Branch:
    """A node with all beneath it, as the page needs it."""

    node: Node
    share: str
    part: float
    weight: str
    usual: str
    error: str
    is_moved: bool
    facts: list[dict[str, object]]
    coherence: list[str]
    branches: list["Branch"]


def branches(found: Opened, weights: Weights, shares: Mapping[str, float]) -> Branch:
    """The tree from its root, with the part each node has in the index by `shares`."""
    return _Tree(found, weights, shares).branch(found.used_framework.root)


def equal_weights(request: HttpRequest, framework: Framework) -> str:
    """The address of the same page with all weights equal; "" where they are."""
    moved = {node.code: 1.0 for node in framework.nodes if node.parent is not None and node.weight != 1}
    return Weights(moved=moved).address(request) if moved else ""


class _Tree:
    def __init__(self, found: Opened, weights: Weights, shares: Mapping[str, float]) -> None:
        self._found, self._weights, self._shares = found, weights, shares
        self._framework = found.used_framework
        self._given = found.framework.by_code  # goalposts as they were given, before any logarithm
        self._findings: dict[str, list[str]] = {}
        for finding in found.figures.findings:
            self._findings.setdefault(self._whole(finding), []).append(self._words(finding))

    def branch(self, node: Node) -> Branch:
        weights, part = self._weights, self._shares[node.code]
        return Branch(
            node=node,
            share=share(part),
            part=part,
            weight=weights.typed.get(node.code, plain(node.weight)),
            usual=plain(node.weight),
            error=weights.errors.get(node.code, ""),
            is_moved=node.code in weights.moved,
            facts=self._facts(self._given[node.code]),
            coherence=[*self._alpha(node), *self._findings.get(node.code, ())],
            branches=[self.branch(one) for one in self._framework.children.get(node.code, ())],
        )

    def _facts(self, node: Node) -> list[dict[str, object]]:
        if node.code in self._framework.children:
            return []
        posts = node.goalposts
        told: list[tuple[str, str | None]] = [
            (_("Unit"), node.unit),
            (_("Comes from"), _("people's answers") if node.is_soft else _("statistics")),
            (_("Divided by"), node.denominator),
            (_("Bottom of the scale"), figure(posts.lower if node.direction == 1 else posts.upper) if posts else None),
            (_("Top of the scale"), figure(posts.upper if node.direction == 1 else posts.lower) if posts else None),
            (_("Target"), None if node.target is None else figure(node.target)),
            (_("Source"), node.source or _("unknown")),
            (_("Licence"), node.licence),
        ]
        return [{"label": label, "value": value} for label, value in told if value]

    def _alpha(self, node: Node) -> list[str]:
        found: Alpha | None = self._found.figures.alphas.get(node.code)
        if found is None:
            return []
        words = next(words for least, words in _ALPHAS if found.alpha >= least)
        alpha = _("Cronbach’s alpha is %(alpha)s.") % {"alpha": number(found.alpha, 2)}
        return [f"{words} {alpha}"]

    def _whole(self, finding: Finding) -> str:
        """The node whose parts a finding is about."""
        first = self._framework.by_code[finding.codes[0]]
        return first.parent or first.code

    def _words(self, finding: Finding) -> str:
        first, second = (self._framework.by_code[code].label for code in finding.codes)
        sentence = str(_FINDINGS[finding.kind]) % {"first": first, "second": second}
        correlation = _("Their correlation is %(figure)s.") % {"figure": number(finding.figure, 2)}
        return f"{sentence} {correlation}"
