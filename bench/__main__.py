"""`python -m bench [NAME ...]`: JSON lines, one a figure, as they are measured."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

_HELP = """usage: ./run bench [NAME ...]

Measures, and writes JSON lines: name, value, unit, size, and the rival measured in the same run.
There are: {names}. Without a name: all of them, about half an hour on two cores.

WARIFU_BENCH_LEAVES=1000000 has `check` judge a million certificates; they are made once and kept
in the cache folder (XDG_CACHE_HOME).
"""


def names() -> list[str]:
    """Return every measurement there is."""
    return sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))


def main(wanted: Sequence[str]) -> int:
    """Measure what was asked for, or everything."""
    if {"-h", "--help"} & set(wanted):
        sys.stdout.write(_HELP.format(names=", ".join(names())))
        return 0
    unknown = [name for name in wanted if name not in names()]
    if unknown:
        sys.stderr.write(f"bench: no {', '.join(unknown)}; there are: {', '.join(names())}\n")
        return 2
    for name in wanted or names():
        for row in import_module(f"bench.{name}").run():
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
