"""Reading a framework with all its mistakes, so that every one is named at once."""

from collections.abc import Collection, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from metropolis.engine_kit import InvalidInput
from metropolis.engine_kit.tables import TableFormat, TableRow
from metropolis.tools.barometer.engine.cells import any_rows_of, known_word_in, word_in
from metropolis.tools.barometer.engine.findings import Finding
from metropolis.tools.barometer.engine.framework import MOST_NODES, Framework, Node
from metropolis.tools.barometer.engine.reading import (
    ASIDE,
    KINDS,
    TYPES,
    Meta,
    NodeRow,
    codes_of,
    misnamed,
    node_code_in,
    node_of,
    read_framework,
    told_of,
)

#: The index over indicators whose own tree cannot be used.
_ROOT = "*"
#: Parents that are no node of which near ones are looked for: each takes some milliseconds.
_LOOKED_FOR = 40


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
    codes = codes_of(rows, path)
    kept: list[NodeRow] = []
    others: dict[str, list[str]] = {kind: [] for kind in ASIDE}
    for row in rows:
        if not row.problem:
            findings += _of_row(row, path, codes, kept, others)
    if len(kept) > MOST_NODES:
        raise refusal
    of_tree = list(_of_tree(kept))
    findings += of_tree
    # Of a broken tree it is not known what is an aggregate.
    misnames = misnamed(kept, others["Denominator"], path)
    findings += [_of_cell(one) for one in misnames if one.field == "Denominator" or not of_tree]
    if not findings:
        findings = [Finding(code="framework", value=refusal.message)]
    meta = _flat([row.node for row in kept], others)
    if meta is None:
        raise refusal
    return meta, tuple(findings)


def _of_cell(refusal: InvalidInput) -> Finding:
    """What is wrong with a cell, without where it stands."""
    told = refusal.message.partition(f"column {refusal.field}: ")[2] or refusal.message
    return Finding(code="framework-cell", row=refusal.data.get("row"), column=refusal.field or "", value=told)


def _of_row(
    row: TableRow, path: Path, codes: Collection[str], kept: list[NodeRow], others: dict[str, list[str]]
) -> Iterator[Finding]:
    """What is wrong with a row by itself; what it tells of is kept."""
    told = told_of(row, path)
    kind = known_word_in(told.pop("type", "")).title()
    told.pop("level", None)
    code = word_in(told.get("code"))
    if not code:
        yield Finding(code="framework-cell", row=row.number, column="iCode", value="There is no code in this row.")
    elif kind in others:
        others[kind].append(code)
    elif kind not in KINDS:
        message = f"{kind!r} is none of {TYPES}."
        yield Finding(code="framework-cell", row=row.number, column="Type", value=message)
    else:
        try:
            kept.append(NodeRow(row, node_of(told, path, row, codes), kind))
        except InvalidInput as error:
            yield _of_cell(error)
            # The row is there all the same: its children are not without a parent.
            kept.append(NodeRow(row, Node(code=code, parent=node_code_in(told.get("parent"), codes)), kind))


def _of_tree(found: Sequence[NodeRow]) -> Iterator[Finding]:
    rows = [(one.row.number, one.node) for one in found]
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
