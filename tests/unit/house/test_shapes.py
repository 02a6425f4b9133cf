"""Files, functions and ports stay small, and their names say something."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.source import ROOT, trees

EMPTY = re.compile(r"(^|_)(utils?|helpers?|common|misc|manager|process)(_|$)")
FILES = 500
FUNCTIONS = 50
METHODS = 5

LARGER = {
    "src/warifu/ports/hosts.py HostReader": "read_all has a body: a loop over read, which hosts far away replace",
    "src/warifu/ports/results.py Results": "one file of rows from its beginning to its end, and which files are its own",
    "src/warifu/apps/cli/issuer.py build": "the verbs of one group: click wants each as a function inside",
    "src/warifu/apps/cli/request.py build": "the verbs of one group: click wants each as a function inside",
    "src/warifu/wiring/cli.py rollout_room": "where everything a rollout needs is joined, once",
    "src/warifu/workflows/issue.py issue_certificate": "one walk from request to taken certificate, guard by guard",
    "src/warifu/domain/rotation/order.py one_by_one": "one walk whose parts share seven sets",
    "tests/support/shopfront.py": "one shop of three real services, with its texts",
    "tests/unit/domain/estate/test_parse.py": "what an estate file may say and must not, a case each",
    "tests/unit/domain/rotation/test_planning.py": "what planning answers, small estate by small estate",
}
"""What is larger than it should be, and why."""


def large(modules: dict[str, ast.Module]) -> Iterator[str]:
    """Yield functions that are too long and ports with too many methods."""
    for name, tree in modules.items():
        for node in ast.walk(tree):
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    is_large = (node.end_lineno or 0) - node.lineno >= FUNCTIONS
                case ast.ClassDef(bases=[*_, ast.Name(id="Protocol")]):
                    is_large = METHODS < sum(isinstance(part, ast.FunctionDef) for part in node.body)
                case _:
                    continue
            if is_large:
                yield f"{name} {node.name}"


def long_files(root: Path, *folders: str) -> Iterator[str]:
    """Yield files that are too long."""
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            if path.read_text("utf-8").count("\n") > FILES:
                yield str(path.relative_to(root))


def test_what_is_large_has_its_reason() -> None:
    """Nothing grows past its size unseen, and no excuse outlives what it excused."""
    found = {*long_files(ROOT, "src", "tests", "tools", "demo", "bench"), *large(trees())}
    assert set(LARGER) == found


def test_no_file_has_a_name_that_says_nothing() -> None:
    """A file is named by its noun; what fits nowhere has no noun yet."""
    assert [] == [name for name in trees() if EMPTY.search(Path(name).stem)]


@pytest.mark.parametrize("lines", [FUNCTIONS, FUNCTIONS + 1])
def test_a_long_function_is_found(lines: int) -> None:
    """Fifty lines are allowed, one more is not."""
    source = "def f():\n" + "    pass\n" * (lines - 1)
    assert (lines > FUNCTIONS) == bool(list(large({"x.py": ast.parse(source)})))


@pytest.mark.parametrize("methods", [METHODS, METHODS + 1])
def test_a_wide_port_is_found(methods: int) -> None:
    """Five methods are allowed, one more is not."""
    source = "class P(Protocol):\n" + "".join(f"    def m{n}(self): ...\n" for n in range(methods))
    assert (methods > METHODS) == bool(list(large({"x.py": ast.parse(source)})))


def test_a_long_file_is_found(tmp_path: Path) -> None:
    """Counted in lines, in every folder below."""
    (tmp_path / "src/room").mkdir(parents=True)
    (tmp_path / "src/room/long.py").write_text("pass\n" * (FILES + 1), "utf-8")
    (tmp_path / "src/room/fits.py").write_text("pass\n" * FILES, "utf-8")
    assert ["src/room/long.py"] == list(long_files(tmp_path, "src"))


def test_no_two_test_files_have_one_name() -> None:
    """Pytest imports them by their names alone: of two, the second is never run."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert [] == sorted(name for name in set(names) if names.count(name) > 1)
