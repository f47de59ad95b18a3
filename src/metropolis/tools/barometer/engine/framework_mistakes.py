"""Reading a framework with all its mistakes, so that every one is named at once."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from metropolis.engine_kit import InvalidInput
from metropolis.engine_kit.tables import TableFormat, TableRow
from metropolis.tools.barometer.engine.cells import any_rows_of, word_in
from metropolis.tools.barometer.engine.findings import Finding
from metropolis.tools.barometer.engine.framework import MOST_NODES, Framework, Node
from metropolis.tools.barometer.engine.reading import ASIDE, TYPES, Meta, node_of, read_framework, told_of

#: The index over indicators whose own tree cannot be used.
_ROOT = "*"
#: Parents that are no node of which near ones are looked for: each takes some milliseconds.
_LOOKED_FOR = 40


class _Row(NamedTuple):
    """A row that tells of a node, and the node."""

    number: int
    node: Node


def read_framework_with_mistakes(path: Path, form: TableFormat | None = None) -> tuple[Meta, tuple[Finding, ...]]:
    r"""What `read_framework` reads; or, where that refuses, all that is wrong, and the indicators without their tree.

    These do to check the cells of data with. `InvalidInput` only where no indicator can be read at all.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "iMeta.csv"
    ...     _ = path.write_text("iCode,Parent,Weight\nbeds,care,-1\ncare,,\n")
    ...     read_framework_with_mistakes(path)[1][0].message
    '-1 is less than zero.'
    """
    try:
        return read_framework(path, form), ()
    except InvalidInput as error:
        refusal = error
    rows = list(any_rows_of(path, form))
    findings = [Finding(code="framework-cell", row=row.number, value=row.problem) for row in rows if row.problem]
    kept: list[_Row] = []
    others: dict[str, list[str]] = {kind: [] for kind in ASIDE}
    for row in rows:
        if not row.problem:
            findings += _of_row(row, path, kept, others)
    if len(kept) > MOST_NODES:
        raise refusal
    findings += _of_tree(kept)
    if not findings:
        findings = [Finding(code="framework", value=refusal.message)]
    meta = _flat([row.node for row in kept], others)
    if meta is None:
        raise refusal
    return meta, tuple(findings)


def _of_row(row: TableRow, path: Path, kept: list[_Row], others: dict[str, list[str]]) -> Iterator[Finding]:
    """What is wrong with a row by itself; what it tells of is kept."""
    told = told_of(row, path)
    kind = word_in(told.pop("type", "")).title() or "Indicator"
    told.pop("level", None)
    code = word_in(told.get("code"))
    if not code:
        yield Finding(code="framework-cell", row=row.number, column="iCode", value="There is no code in this row.")
    elif kind in others:
        others[kind].append(code)
    elif kind not in {"Indicator", "Aggregate"}:
        message = f"{kind!r} is none of {TYPES}."
        yield Finding(code="framework-cell", row=row.number, column="Type", value=message)
    else:
        try:
            kept.append(_Row(row.number, node_of(told, path, row)))
        except InvalidInput as error:
            words = error.message.rpartition("column ")[2].partition(": ")[2] or error.message
            yield Finding(code="framework-cell", row=row.number, column=error.field or "", value=words)
            # The row is there all the same: its children are not without a parent.
            kept.append(_Row(row.number, Node(code=code, parent=word_in(told.get("parent")) or None)))


def _of_tree(rows: Sequence[_Row]) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for number, node in rows:
        if node.code in first:
            yield Finding(
                code="repeated-code", row=number, column="iCode", value=node.code,
                parameters={"first": first[node.code]},
            )  # fmt: skip
        first.setdefault(node.code, number)
    missed = 0
    for number, node in rows:
        if node.parent is not None and node.parent not in first:
            missed += 1
            near = get_close_matches(node.parent, list(first), n=1, cutoff=0.7) if missed <= _LOOKED_FOR else ()
            yield Finding(
                code="unknown-parent", row=number, column="Parent", value=node.parent,
                parameters={"name": node.code}, perhaps=tuple(near),
            )  # fmt: skip
    parents = {node.code: node.parent for _number, node in rows}
    circle = _circle(parents)
    if circle:
        yield Finding(code="circle", row=first[circle[0]], column="Parent", value=" → ".join(circle))
    tops = [code for code, parent in parents.items() if parent is None]
    if len(tops) != 1:
        yield Finding(code="tops", column="Parent", value=", ".join(tops[:8]) or "–", parameters={"count": len(tops)})


def _circle(parents: dict[str, str | None]) -> list[str]:
    """The codes of the first circle found, its first one again at the end."""
    sound: set[str] = set()
    for code in parents:
        path: dict[str, None] = {}
        at: str | None = code
        while at is not None and at in parents and at not in sound:
            if at in path:
                line = list(path)
                return [*line[line.index(at) :], at]
            path[at] = None
            at = parents[at]
        sound |= path.keys()
    return []


def _flat(nodes: Sequence[Node], others: dict[str, list[str]]) -> Meta | None:
    parents = {node.parent for node in nodes}
    indicators = {node.code: node for node in nodes if node.code not in parents}
    if not indicators:
        return None
    leaves = (node.model_copy(update={"parent": _ROOT, "weight": 1.0}) for node in indicators.values())
    framework = Framework(nodes=(*leaves, Node(code=_ROOT)))
    return Meta(framework, tuple(others["Denominator"]), tuple(others["Group"]))
