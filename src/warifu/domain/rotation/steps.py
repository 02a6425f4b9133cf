"""The vocabulary between a plan and the world: steps as inert data.

A step says what, where, from which value to which, and why (a message key). Nothing here
executes anything. `undo` tells whether the way back is known: a step without undo is a
point of no return and needs approval.

Steps are named tuples, not dataclasses: an estate of 100,000 nodes has 300,000 of them, and
they are made five times as fast. No two kinds have equally many fields, so that steps of
different kinds are never equal.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from warifu.domain.estate import Template, Value


class Issue(NamedTuple):
    """A key and request are made where the identity lives, and a certificate is fetched; loads nothing."""

    id: str
    why: str
    identity: str
    node: str
    slots: tuple[str, ...]
    issuer: str
    template: Template
    undo: bool = True


class Adopt(NamedTuple):
    """A service's plain paths become links into a generation folder, contents unchanged; loads nothing."""

    id: str
    why: str
    slot: str
    node: str
    value: Value
    undo: bool = True


class Switch(NamedTuple):
    """A slot moves from one value to another: written, loaded, proven.

    Which of DESIGN's names it is: `kind` is `switch-identity`, `add-anchor`, `remove-anchor`,
    `replace-anchor`, `replace-crl` or `put-back`.

    Args:
        before: every value the slot may hold when the step begins.
        after: the one value it holds when the step is proven.
        interrupts: loading it cuts the service: a restart.
        takes: how long it is expected to take.
    """

    id: str
    why: str
    kind: str
    slot: str
    node: str
    before: tuple[Value, ...]
    after: Value
    interrupts: bool = False
    takes: timedelta = timedelta(seconds=5)
    undo: bool = True


class Load(NamedTuple):
    """A slot's service takes up what already lies on disk, by reload or restart, and it is proven."""

    id: str
    why: str
    slot: str
    node: str
    before: tuple[Value, ...]
    after: Value
    interrupts: bool = False
    takes: timedelta = timedelta(seconds=5)
    undo: bool = False


Step = Issue | Adopt | Switch | Load

REMOVING = frozenset({"remove-anchor", "replace-anchor"})
"""The kinds of `Switch` that take an anchor away."""
