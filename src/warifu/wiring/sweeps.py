"""Where sweeps get their adapters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from warifu.errors import UsageError

if TYPE_CHECKING:
    from warifu.ports.results import Results
    from warifu.workflows.check import Checker, TrustFile
    from warifu.workflows.sweep import Sweep, Workload


def results(path: str) -> Results:
    """Return what keeps rows for a file, told by its suffix; without a path, they live as long as this process.

    Raises:
        UsageError: `sweep.out-kind`.
    """
    from warifu.adapters.results.csv_file import CsvFile
    from warifu.adapters.results.json_lines import JsonLines
    from warifu.adapters.results.sqlite import SqliteFile
    from warifu.adapters.results.unfinished import Unfinished

    kinds = {".jsonl": JsonLines, ".csv": CsvFile, ".sqlite": SqliteFile}
    if not path:
        return Unfinished("")
    for suffix, kind in kinds.items():
        if path.lower().endswith(suffix):
            return kind(path)
    raise UsageError("sweep.out-kind", path=path, known=tuple(kinds))


def schemes() -> Mapping[str, int]:
    """Return what may stand before `://` in a list, each with its usual port."""
    from warifu.ports.probes import SCHEMES

    return {name: port for name, (_, port) in SCHEMES.items()}


def sweep(checker: Checker, store: TrustFile, pools: tuple[str, ...], kept: Results, load: Workload) -> Sweep:
    """Return one long look on this machine.

    Args:
        pools: files of CAs that may stand above leaves of a pile.

    Raises:
        UsageError: `io.no-such-file`, `sweep.no-authorities`.
    """
    from dataclasses import replace

    from warifu.adapters.archives.local import LocalArchives
    from warifu.adapters.clock.system import SystemClock
    from warifu.workflows.sweep import Sweep, read_pool

    pool = read_pool(checker, pools)
    asked = (
        checker if checker.consumer else replace(checker, engines=())
    )  # each of them costs many times our rules
    return Sweep(asked, store, pool, LocalArchives(), kept, SystemClock(), load)
