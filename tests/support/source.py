"""The source of the program as syntax trees, for tests that read the house."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "src" / "warifu"
DEMO = ROOT / "demo"
_SPEAKERS = frozenset({"say", "line", "note"})


@dataclass(frozen=True, slots=True)
class Call:
    """A call that names a message: where it stands, the key, the names it gives; `open` when it spreads a mapping."""

    place: str
    key: str
    given: frozenset[str]
    open: bool


@cache
def trees() -> dict[str, ast.Module]:
    """Every module of the program and of the demo, by its path below the repository."""
    paths = sorted([*SOURCE.rglob("*.py"), *DEMO.rglob("*.py")])
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text("utf-8")) for path in paths}


def calls_of_messages(modules: dict[str, ast.Module]) -> Iterator[Call]:
    """Yield `say("key", ...)`, `out.line("key", ...)` and `SomeError("key", ...)` with literal keys."""
    for name, tree in modules.items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args or not _speaks(node.func):
                continue
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                given = frozenset(keyword.arg for keyword in node.keywords if keyword.arg)
                spreads = any(keyword.arg is None for keyword in node.keywords)
                yield Call(f"{name}:{node.lineno}", first.value, given, spreads)


def _speaks(function: ast.expr) -> bool:
    match function:
        case ast.Name(id=name):
            return name == "say" or name.endswith("Error")
        case ast.Attribute(attr=name):
            return name in _SPEAKERS
        case _:
            return False


def strings(modules: dict[str, ast.Module]) -> frozenset[str]:
    """Every string constant outside docstrings and the tables themselves."""
    found: set[str] = set()
    for name, tree in modules.items():
        if "findings/messages/" in name and not name.endswith("__init__.py"):
            continue
        found |= {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return frozenset(found)


def codes_reported(modules: dict[str, ast.Module]) -> frozenset[str]:
    """Every `Code.NAME` outside the tables: what the program can report."""
    return frozenset(
        node.attr
        for name, tree in modules.items()
        if "findings/table/" not in name
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Code"
    )


def literal_findings(modules: dict[str, ast.Module]) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Yield place, code name and evidence names of each `Finding(Code.X, subject, {...})` written out."""
    for name, tree in modules.items():
        for node in ast.walk(tree):
            match node:
                case ast.Call(
                    func=ast.Name(id="Finding"),
                    args=[ast.Attribute(attr=code), _, ast.Dict(keys=keys), *_],
                ):
                    names = [key.value for key in keys if isinstance(key, ast.Constant)]
                    if len(names) == len(keys):
                        yield f"{name}:{node.lineno}", code, frozenset(str(n) for n in names)


def evidence_names(modules: dict[str, ast.Module]) -> dict[str, str]:
    """Names of evidence written out, with a place of each: in findings, in `evidence = {...}`, beside a code."""
    found: dict[str, str] = {}
    for name, tree in modules.items():
        for node in ast.walk(tree):
            for one in _evidence_of(node):
                found.setdefault(one, f"{name}:{getattr(node, 'lineno', 0)}")
    return found


def _evidence_of(node: ast.AST) -> Iterator[str]:
    match node:
        case (
            ast.Assign(targets=[ast.Name(id="evidence")], value=value)
            | ast.AnnAssign(target=ast.Name(id="evidence"), value=ast.expr() as value)
            | ast.AugAssign(target=ast.Name(id="evidence"), value=value)
            | ast.Call(func=ast.Name(id="Finding"), args=[_, _, value, *_])
        ):
            for part in ast.walk(value):
                if isinstance(part, ast.Dict):
                    yield from (str(k.value) for k in part.keys if isinstance(k, ast.Constant))
        case ast.Call(args=[*_, ast.Attribute(value=ast.Name(id="Code"))], keywords=keywords):
            yield from (keyword.arg for keyword in keywords if keyword.arg)


def reasons(modules: dict[str, ast.Module]) -> dict[str, str]:
    """Reasons written out for what could not be seen, what stands before a colon left out, with a place of each."""
    found: dict[str, str] = {}
    for name, tree in modules.items():
        for node in ast.walk(tree):
            match node:
                case ast.Call(
                    func=ast.Name(id="unseen" | "_unseen") | ast.Attribute(attr="miss"), args=[_, said]
                ):
                    last = said.values[-1] if isinstance(said, ast.JoinedStr) else said
                    if isinstance(last, ast.Constant):
                        found[str(last.value).rpartition(": ")[2]] = f"{name}:{node.lineno}"
    return found
