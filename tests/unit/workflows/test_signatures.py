"""Signatures of many certificates, checked by other processes."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import pytest

from support.pki import make_ca
from warifu.domain.trust import Signatures
from warifu.domain.x509 import Certificate
from warifu.workflows.signatures import check_signatures


def certificates() -> tuple[Certificate, list[Certificate], Certificate]:
    """A root, leaves that it signed, and one that another root of its name signed."""
    root, other = make_ca("One Root"), make_ca("One Root")
    leaves = [root.leaf(f"n{number}.example").value for number in range(5)]
    return root.value, leaves, other.leaf("stranger.example").value


def test_every_signature_is_known_afterwards() -> None:
    """Those that hold hold, one of another key does not, and none is checked again."""
    root, leaves, stranger = certificates()
    known = Signatures()
    check_signatures([root, *leaves, stranger], known, worth_it=1)
    done = known.done
    assert [True] * 5 + [False] == [known.holds(leaf, root) for leaf in (*leaves, stranger)]
    assert done == known.done


def test_few_certificates_are_left_to_planning() -> None:
    """Other processes would start later than the checks end: nothing is known yet."""
    root, leaves, _ = certificates()
    known = Signatures()
    check_signatures([root, *leaves], known)
    assert known.done == 0


def test_without_other_processes_planning_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that dies takes its answers along, and nothing else."""

    def die(*_: object) -> None:
        raise BrokenProcessPool

    monkeypatch.setattr(ProcessPoolExecutor, "submit", die)
    root, leaves, _ = certificates()
    known = Signatures()
    check_signatures([root, *leaves], known, worth_it=1)
    assert known.done == 0
    assert known.holds(leaves[0], root)
