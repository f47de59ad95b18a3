"""What the barometer found, in plain English sentences."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from metropolis.tools.barometer.engine import Framework
    from metropolis.tools.barometer.engine.advancing import Move
    from metropolis.tools.barometer.engine.answering import Comparison, Explanation, Gap, Standing
    from metropolis.tools.barometer.engine.explaining import Strength

#: Parts and moves told at most: a reader who wants them all asks for JSON.
_MOST = 5


class Words:
    """Sentences that call nodes by the names of a framework."""

    def __init__(self, framework: "Framework") -> None:
        self._framework = framework

    def explanation(self, found: "Explanation") -> list[str]:
        """What is known of one unit, a sentence a line."""
        standing = found.standing
        lines = [self._standing(standing)]
        if found.apart is not None:
            lines.append("")
            lines.append(
                f"The typical unit would have {_points(found.apart.second)}."
                f" What sets {standing.name} apart from it, in points:"
            )
            lines += self._parts(found.apart.parts)
        lines += ["", f"It stands out best in {self._places(found.strengths)}."]
        lines.append(f"It is weakest in {self._places(found.weaknesses)}.")
        if found.against is not None:
            lines += ["", *self._gap(standing, found.against)]
        if found.since is not None:
            lines += ["", *self._change(standing, found.since)]
        return [*lines, "", *self._moves(standing, found.moves)]

    def comparison(self, found: "Comparison") -> list[str]:
        """A table of scores by node, then how sure the order is, and what makes the gaps."""
        first, *_ = found.standings
        lines = [self._standing(standing) for standing in found.standings]
        lines += ["", *self._table(found.standings)]
        for one, others in found.above.items():
            for other, probability in others.items():
                if probability >= 0.5:  # noqa: PLR2004 the likelier way round is told
                    pair = (self._name(found, one), self._name(found, other))
                    lines.append(f"{pair[0]} is above {pair[1]} with a probability of {_chance(probability)}.")
        for gap in found.gaps:
            lines += ["", *self._gap(first, gap)]
        return lines

    def _standing(self, one: "Standing") -> str:
        when = f" in {one.year}" if one.year else ""
        told = f"{one.name}{when}: {_points(one.score)}, rank {one.rank} of {one.of}"
        if one.score_interval is None or one.rank_interval is None:
            return f"{told}."
        low, high = one.score_interval
        best, worst = one.rank_interval
        ranks = f"rank {best} to {worst}" if best < worst else f"rank {best}"
        return f"{told}; nine times in ten {low:.2f} to {_points(high)} and {ranks}."

    def _parts(self, parts: Mapping[str, float]) -> list[str]:
        order = sorted(parts, key=lambda code: -abs(parts[code]))
        lines = [f"  {parts[code]:+8.2f}  {self._label(code)}" for code in order[:_MOST]]
        rest = sum(parts[code] for code in order[_MOST:])
        return [*lines, f"  {rest:+8.2f}  all others together"] if len(order) > _MOST else lines

    def _places(self, some: "Iterable[Strength]") -> str:
        return ", ".join(f"{self._label(one.code)} (rank {one.rank})" for one in some) or "nothing that is known"

    def _gap(self, own: "Standing", gap: "Gap") -> list[str]:
        way = "ahead of" if gap.gap > 0 else "behind" if gap.gap < 0 else "level with"
        size = f"{_points(abs(gap.gap))} " if gap.gap else ""
        told = f"{own.name} is {size}{way} {gap.to.name} ({_points(gap.to.score)}, rank {gap.to.rank})"
        if gap.probability is not None:
            told += f"; above it with a probability of {_chance(gap.probability)}"
        return [f"{told}.", *self._made_of(gap)]

    def _change(self, own: "Standing", gap: "Gap") -> list[str]:
        way = "risen" if gap.gap > 0 else "fallen" if gap.gap < 0 else "stayed the same"
        size = f" by {_points(abs(gap.gap))}" if gap.gap else ""
        told = f"Since {gap.to.year} {own.name} has {way}{size}, from {gap.to.score:.2f} and rank {gap.to.rank}"
        if gap.probability is not None and gap.interval is not None:
            low, high = gap.interval
            what, chance = ("fall", 1 - gap.probability) if gap.gap < 0 else ("rise", gap.probability)
            told += f"; a real {what} with a probability of {_chance(chance)} ({low:+.2f} to {high:+.2f} points)"
        return [f"{told}.", *self._made_of(gap)]

    def _made_of(self, gap: "Gap") -> list[str]:
        return (
            [gap.without_parts]
            if gap.without_parts
            else ["What makes the difference, in points:", *self._parts(gap.parts)]
        )

    def _moves(self, own: "Standing", moves: "tuple[Move, ...]") -> list[str]:
        if own.rank == 1:
            return [f"{own.name} is first; there is no rank above."]
        feasible = [move for move in moves if move.is_feasible]
        if not feasible:
            return ["No indicator alone would bring it up, even at the best value that any unit has."]
        return [
            "Each of these alone would bring it up, the smallest change first:",
            *(f"  {self._label(move.code)} from {_figure(move.value)} to {_figure(move.needed)}{_precedent(move)}"
              for move in feasible[:_MOST]),
        ]  # fmt: skip

    def _table(self, standings: "tuple[Standing, ...]") -> list[str]:
        nodes = [*reversed(self._framework.aggregates), *self._framework.indicators]
        width = max(len(node.label) for node in nodes)
        columns = [max(12, len(one.name)) for one in standings]
        head = "  ".join(f"{one.name:>{size}}" for one, size in zip(standings, columns, strict=True))
        lines = [f"{'score (rank)':<{width}}  {head}"]
        for node in nodes:
            cells = [_cell(one, node.code).rjust(size) for one, size in zip(standings, columns, strict=True)]
            lines.append(f"{node.label:<{width}}  {'  '.join(cells)}")
        return [*lines, ""]

    def _name(self, found: "Comparison", unit: str) -> str:
        return next(one.name for one in found.standings if one.unit == unit)

    def _label(self, code: str) -> str:
        return self._framework.by_code[code].label


def _cell(one: "Standing", code: str) -> str:
    node = one.nodes[code]
    return "–" if node.score is None else f"{node.score:.2f} ({node.rank})"


def _chance(probability: float) -> str:
    """Never for certain: it is a share of replications."""
    if 0.005 <= probability <= 0.995:  # noqa: PLR2004 what does not round to 0 or 100
        return f"{probability:.0%}"
    return "more than 99%" if probability > 0.5 else "less than 1%"  # noqa: PLR2004


def _precedent(move: "Move") -> str:
    if move.precedent is None:
        return ""
    return f"; {move.precedent:.0%} of the changes from year to year were as large"


def _points(score: float) -> str:
    return f"{score:.2f} points"


def _figure(number: float) -> str:
    """Two decimals where that tells, more figures of what is small."""
    return f"{number:.2f}" if abs(number) >= 1 or number == 0 else f"{number:.3g}"
