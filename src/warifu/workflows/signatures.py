"""Checks the signatures of many certificates on every core, before anything is planned with them.

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

from warifu.domain.trust import Signatures, verify_each
from warifu.domain.x509 import Certificate

WORTH_IT = 5_000
"""Fewer certificates are checked sooner than other processes start."""
BATCH = 1_000


@dataclass(slots=True)
class _Batch:
    """Certificates that wait for their check, each with the place of the issuer it is checked against."""

    issuers: list[Certificate] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    children: list[tuple[Certificate, int]] = field(default_factory=list)

    def add(self, child: Certificate, issuer: Certificate) -> None:
        place = self.places.setdefault(issuer.fingerprint.hex, len(self.issuers))
        if place == len(self.issuers):
            self.issuers.append(issuer)
        self.children.append((child, place))

    def send(self, pool: ProcessPoolExecutor) -> Future[bytes]:
        issuers = [one.der for one in self.issuers]
        return pool.submit(verify_each, issuers, [(child.der, place) for child, place in self.children])

    def learn(self, answers: bytes, known: Signatures) -> None:
        for (child, place), answer in zip(self.children, answers, strict=True):
            known.learn(child, self.issuers[place], answer=bool(answer))


def check_signatures(
    certificates: Iterable[Certificate], known: Signatures, *, worth_it: int = WORTH_IT
) -> None:
    """Check who signed what, and have `known` remember it.

    While other processes check, this one reads the certificates that follow.
    """
    chosen = list(certificates)
    workers = os.cpu_count() or 1
    if workers < 2 or len(chosen) < worth_it:
        return
    context = multiprocessing.get_context("spawn")  # a fork would take locks and open files along
    pool = ProcessPoolExecutor(workers, context, _leave_interrupts)
    try:
        sent = [(batch, batch.send(pool)) for batch in _batches(chosen, known)]
        for batch, answer in sent:
            batch.learn(answer.result(), known)
    except (BrokenProcessPool, OSError):
        return  # what is not known yet is checked when it is needed
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


def _batches(chosen: Sequence[Certificate], known: Signatures) -> Iterator[_Batch]:
    """Yield what is to be checked: each certificate with those that may have issued it."""
    by_name: dict[str, list[Certificate]] = {}
    for one in chosen:
        if one.may_be_ca and one.is_ca:
            by_name.setdefault(one.subject.folded, []).append(one)
    batch = _Batch()
    for child in chosen:
        for issuer in by_name.get(child.issuer.folded, ()):
            if not known.knows(child, issuer):
                batch.add(child, issuer)
        if len(batch.children) >= BATCH:
            yield batch
            batch = _Batch()
    if batch.children:
        yield batch
