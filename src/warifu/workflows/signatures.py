"""Reads many certificates and checks their signatures on every core, before anything is planned with them.

What is learnt here is what planning would find out for itself, one certificate after another: where it
does not pay, or other processes cannot be had, nothing is done.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from threading import Thread

from warifu.domain.rotation.certificates import Memory
from warifu.domain.trust import LeafFacts, Tried, read_each
from warifu.domain.x509 import Certificate, Quietly

WORTH_IT = 5_000
"""Fewer certificates are read sooner than other processes start."""
BATCH = 1_000


@dataclass(slots=True)
class _Batch:
    """Certificates that wait to be read, each with the places of those that may have issued it."""

    issuers: list[Certificate] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    leaves: list[tuple[Certificate, tuple[int, ...]]] = field(default_factory=list)

    def add(self, leaf: Certificate, issuers: Sequence[Certificate]) -> None:
        self.leaves.append((leaf, tuple([self._place(issuer) for issuer in issuers])))

    def _place(self, issuer: Certificate) -> int:
        place = self.places.setdefault(issuer.fingerprint.hex, len(self.issuers))
        if place == len(self.issuers):
            self.issuers.append(issuer)
        return place

    def send(self, pool: ProcessPoolExecutor) -> Future[list[tuple[LeafFacts, Tried]]]:
        issuers = [one.der for one in self.issuers]
        return pool.submit(read_each, issuers, [(leaf.der, places) for leaf, places in self.leaves])

    def learn(self, answers: Sequence[tuple[LeafFacts, Tried]], memory: Memory) -> None:
        for (leaf, _), (facts, tried) in zip(self.leaves, answers, strict=True):
            memory.keep(facts)
            for place, answer in tried:
                memory.signatures.learn(leaf, self.issuers[place], answer=answer)


def read_on_every_core(
    certificates: Iterable[Certificate], memory: Memory, *, worth_it: int = WORTH_IT
) -> None:
    """Have `memory` know the facts of certificates, and who signed them."""
    workers = os.cpu_count() or 1
    chosen = list(certificates)
    if workers < 2 or len(chosen) < worth_it:
        return
    context = multiprocessing.get_context("spawn")  # a fork would take locks and open files along
    pool = ProcessPoolExecutor(workers, context, _leave_interrupts)
    try:
        with Quietly():
            sent = [(batch, batch.send(pool)) for batch in _batches(chosen, memory)]
        sent.reverse()
        while sent:  # what was taken over is let go of at once
            batch, answer = sent.pop()
            batch.learn(answer.result(), memory)
    except (BrokenProcessPool, OSError):
        return  # what is not known yet is read when it is needed
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_interrupts() -> None:
    """Let the first process alone answer Ctrl-C: it ends the others. End when it was killed and cannot."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_the_first, name="end-with-the-first", daemon=True).start()


def _end_with_the_first() -> None:
    first = multiprocessing.parent_process()
    if first is not None:
        first.join()
        os._exit(1)


def _batches(chosen: Sequence[Certificate], memory: Memory) -> Iterator[_Batch]:
    """Yield what is to be read: each certificate with those that may have issued it."""
    by_name: dict[str, list[Certificate]] = {}
    for one in chosen:
        if one.may_be_ca and one.is_ca:
            by_name.setdefault(one.subject.folded, []).append(one)
    batch = _Batch()
    for leaf in chosen:
        issuers = by_name.get(leaf.issuer.folded, ())
        if issuers and leaf.fingerprint.hex not in memory.facts:
            batch.add(leaf, issuers)
        if len(batch.leaves) >= BATCH:
            yield batch
            batch = _Batch()
    if batch.leaves:
        yield batch
