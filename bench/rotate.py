"""Rotation from end to end: the root CA of 200 services in 20 processes, under traffic.

The rival is the naive way on a copy in the same run: every file at once, then every reload. Of a
step it is an estate of a quarter of the size: the ratio tells whether a step of a longer rollout
costs more.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from demo import naive
from demo.commands import PLAN, Warifu
from demo.estate import Estate, OldPki, make_old_pki
from demo.figures import Figures, count
from demo.loading import fingerprints
from demo.shape import Shape, many
from demo.telling import Teller
from warifu.domain.findings import Lang

SERVICES, SERVICES_EACH, CLIENTS = 200, 10, 4
QUARTER = SERVICES // 4
RATE = (
    0.25  # handshakes a second on each connection: the traffic leaves room on two cores for what is measured
)


@dataclass(frozen=True, slots=True)
class _Run:
    """One change under traffic.

    Args:
        lasted: seconds from its begin to its end.
        traffic: seconds over which the handshakes were made.
        step: processor seconds of a step of `warifu apply`, everything else of it included; 0 for the rival.
        steps: how many there were.
    """

    lasted: float
    traffic: float
    figures: Figures
    step: float = 0.0
    steps: int = 0

    @property
    def rate(self) -> float:
        """Handshakes a second."""
        return self.figures.handshakes / self.traffic


def run() -> Iterator[dict[str, Any]]:
    """Measure the duration, the handshakes and the failures of both ways, and what a step costs."""
    shape = _shape(SERVICES)
    with TemporaryDirectory(prefix="warifu-", ignore_cleanup_errors=True) as folder:
        old = make_old_pki()
        estate = Estate(Path(folder, "estate"), shape)
        estate.write_files(old)
        copy = estate.copy_to(Path(folder, "copy"))
        rival = _measure(copy, old, lambda: naive.swap_everything(copy, old, told=_say))
        own = _measure(estate, old, lambda: _replace_root(estate, old))
    size = (
        f"{SERVICES} services in {SERVICES // SERVICES_EACH} processes, {len(shape.links)} connections, "
        f"{RATE} handshakes a second on each"
    )
    yield _row("rotate.duration", own.lasted, "s", rival.lasted, size)
    yield _row("rotate.handshakes", own.figures.handshakes, "handshakes", rival.figures.handshakes, size)
    yield _row("rotate.rate", own.rate, "handshakes/s", rival.rate, size)
    yield _row("rotate.failed", own.figures.failed, "handshakes", rival.figures.failed, size)
    quarter = _measure_quarter()
    steps = f"{own.steps} steps against {quarter.steps} of {QUARTER} services"
    yield _row("rotate.step", own.step, "processor s", quarter.step, steps)


def _shape(services: int) -> Shape:
    return many(services=services, processes=services // SERVICES_EACH, clients=CLIENTS, rate=RATE)


def _measure_quarter() -> _Run:
    with TemporaryDirectory(prefix="warifu-", ignore_cleanup_errors=True) as folder:
        old = make_old_pki()
        estate = Estate(Path(folder, "estate"), _shape(QUARTER))
        estate.write_files(old)
        return _measure(estate, old, lambda: _replace_root(estate, old))


def _replace_root(estate: Estate, old: OldPki) -> tuple[float, int]:
    """Have Warifu do it; return what a step of `apply` cost and how many there were."""
    warifu = Warifu(estate, Teller(Lang.EN, quiet=True))
    digest = warifu.plan_root(old.root.pem)
    plan = json.loads((estate.folder / PLAN).read_text(encoding="utf-8"))["plan"]
    steps = sum(len(chain) for wave in plan["waves"] for chain in wave["chains"])
    before = _processor_seconds()
    warifu.apply(digest)
    return (_processor_seconds() - before) / steps, steps


def _processor_seconds() -> float:
    """Return what commands that ended took so far; services and clients still run, and are not in it."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _measure(estate: Estate, old: OldPki, change: Callable[[], tuple[float, int] | None]) -> _Run:
    """Run a change on an estate under traffic; it must end with the old root gone and every leaf new."""
    started = time.monotonic()
    estate.start()
    try:
        estate.wait_until_busy(handshakes=1)
        before = estate.leaves()
        began = time.monotonic()
        step, steps = change() or (0.0, 0)
        lasted = time.monotonic() - began
        estate.wait_until_busy(handshakes=1)
        figures = count(estate.logs)
        traffic = time.monotonic() - started
        assert estate.trusting(fingerprints(old.root.pem)[0]) == []
        for name, leaf in estate.leaves().items():
            assert {before[name], leaf} == set(figures.connections[name].leaves), name
    finally:
        estate.stop()
    return _Run(lasted, traffic, figures, step, steps)


def _row(name: str, value: float, unit: str, rival: float, size: str) -> dict[str, Any]:
    ratio = round(value / rival, 3) if rival else None
    return {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "rival": round(rival, 3),
        "ratio": ratio,
        "size": size,
    }


def _say(process: str) -> None:
    sys.stderr.write(f"reloaded {process}\n")
