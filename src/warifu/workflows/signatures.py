"""Reads many certificates and checks their signatures on every core, before anything is planned with them.

What is learnt here is what planning would find out for itself, one certificate after another: where it
does not pay, or other processes cannot be had, nothing is done.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from warifu.domain.rotation.certificates import Memory
from warifu.domain.trust import LeafFacts, LeafReader, Tried
from warifu.domain.x509 import Certificate
from warifu.workflows.cores import begin_worker

WORTH_IT = 5_000
"""Fewer certificates are read sooner than other processes start."""
BATCH = 1_000


def read_on_every_core(
    certificates: Iterable[Certificate], memory: Memory, *, worth_it: int = WORTH_IT
) -> None:
    """Have `memory` know the facts of certificates, and who signed them."""
    workers = os.cpu_count() or 1
    chosen = list(certificates)
    leaves = [one for one in chosen if one.fingerprint.hex not in memory.facts]
    if workers < 2 or len(leaves) < worth_it:
        return
    issuers = [one for one in chosen if one.may_be_ca and one.is_ca]
    batches = [leaves[start : start + BATCH] for start in range(0, len(leaves), BATCH)]
    context = multiprocessing.get_context("spawn")  # a fork would take locks and open files along
    pool = ProcessPoolExecutor(workers, context, _begin, ([one.der for one in issuers],))
    try:
        sent = deque(pool.submit(_read, [leaf.der for leaf in batch]) for batch in batches)
        for batch in batches:
            _learn(batch, sent.popleft().result(), issuers, memory)
    except (BrokenProcessPool, OSError):
        return  # what is not known yet is read when it is needed
    finally:
        pool.shutdown(cancel_futures=True)


def _learn(
    leaves: Sequence[Certificate],
    answers: Sequence[tuple[LeafFacts, Tried]],
    issuers: Sequence[Certificate],
    memory: Memory,
) -> None:
    for leaf, (facts, tried) in zip(leaves, answers, strict=True):
        memory.keep(facts)
        for place, answer in tried:
            memory.signatures.learn(leaf, issuers[place], answer=answer)


_readers: list[LeafReader] = []
"""The reader of this process, where it reads for another one."""


def _begin(issuers: Sequence[bytes]) -> None:
    """Have a reader in this process."""
    begin_worker()
    _readers[:] = [LeafReader(issuers)]


def _read(leaves: Sequence[bytes]) -> list[tuple[LeafFacts, Tried]]:
    return _readers[0].read(leaves)
