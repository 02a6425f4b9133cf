"""Which requirement rows passing tests show: `./run rows [--issue N] [--json] [--last]`.

Runs the tests that carry `@pytest.mark.req(...)` and prints, for each row that a passing test
shows, the row, the test and what is expected. Exit code 1 when a wanted row has no passing test.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from support.requirements import Row, read_rows, read_wanted  # noqa: E402 - found by the line above

LAST = ROOT / ".run" / "rows.json"


def main() -> int:
    """Run, print, and say whether every wanted row is shown."""
    options = _options()
    if not options.last:
        LAST.unlink(missing_ok=True)
        command = [sys.executable, "-m", "pytest", "-q", "-m", "req", "--rows-to", str(LAST)]
        subprocess.run(command, cwd=ROOT, check=False, stdout=sys.stderr)
    if not LAST.exists():
        print("rows: no run was kept; leave --last away", file=sys.stderr)
        return 2
    page = ROOT / "docs" / "requirements.md"
    rows = {row.id: row for row in read_rows(page)}
    passing, other = _tests_by_row(json.loads(LAST.read_text("utf-8")))
    wanted = _wanted(read_wanted(page), options.issue)
    missing = [row for row in wanted if row not in passing]
    _print(options.json, rows, passing, other, missing)
    return 1 if missing else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run rows", description=__doc__)
    parser.add_argument("--issue", default="", help="only the rows this issue wants (default: every issue's)")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.add_argument("--last", action="store_true", help="read the last run instead of running the tests")
    return parser.parse_args()


def _wanted(by_issue: dict[str, tuple[str, ...]], issue: str) -> list[str]:
    chosen = [rows for number, rows in by_issue.items() if issue in {"", number}]
    return list(dict.fromkeys(row for rows in chosen for row in rows))


def _tests_by_row(
    account: dict[str, dict[str, object]],
) -> tuple[dict[str, list[str]], dict[str, list[tuple[str, str]]]]:
    passing: dict[str, list[str]] = defaultdict(list)
    other: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for test, result in sorted(account.items()):
        rows = result["rows"]
        assert isinstance(rows, list)  # noqa: S101 - as tests/conftest.py writes it
        for row in rows:
            if result["outcome"] == "passed":
                passing[row].append(test)
            else:
                other[row].append((test, str(result["outcome"])))
    return dict(passing), dict(other)


def _print(
    as_json: bool,  # noqa: FBT001 - the option of that name
    rows: dict[str, Row],
    passing: dict[str, list[str]],
    other: dict[str, list[tuple[str, str]]],
    missing: list[str],
) -> None:
    if as_json:
        shown = [{"row": r, "tests": passing[r], "expected": rows[r].expected} for r in sorted(passing)]
        others = [{"row": row, "test": t, "outcome": o} for row in sorted(other) for t, o in other[row]]
        print(json.dumps({"shown": shown, "not_passed": others, "missing": missing}, indent=2))
        return
    for row in sorted(passing):
        print(f"{row}  {rows[row].sentence}")
        print(f"    expected: {rows[row].expected}")
        for test in passing[row]:
            print(f"    shown by: {test}")
    for row in sorted(other):
        for test, outcome in other[row]:
            print(f"{row}  {outcome}: {test}")
    print(
        f"rows: {len(passing)} shown, {len(missing)} wanted and not shown" + "".join(f" {r}" for r in missing)
    )


if __name__ == "__main__":
    sys.exit(main())
