"""Nodes that act for themselves: what is asked of them, and their signed word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from warifu.wire.agent import OrderAnswer, OrderKind


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a node.

    Args:
        node: what the server knows it by.
        rollout: whose driver asks; empty for a look that belongs to none.
        digest: of the plan; empty for a look that belongs to none.
    """

    node: str
    kind: OrderKind
    rollout: str = ""
    digest: str = ""
    wave: int = 0
    step: str = ""
    body: Mapping[str, object] = field(default_factory=dict)


class OrderDesk(Protocol):
    """Gives orders to nodes and waits for their answers."""

    def ask(self, wanted: tuple[Wanted, ...]) -> tuple[OrderAnswer | None, ...]:
        """Return the verified answers, in order; None where a node did not answer before its order ran out.

        Each order carries the epoch and the end of the lease that this process holds.

        Raises:
            RefusedError: `rollout.lease-lost`: somebody else drives, or the lease has run out: no order was given.
        """
        ...
