"""What a plan changes and no connection of the estate tells of: nothing can be proven there, and that is said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from warifu.domain.estate import Estate
from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.rotation.steps import Load, Step, Switch


def find_uncovered(steps: Iterable[Step], estate: Estate) -> Iterator[Finding]:
    """Yield one finding that names the slots which steps change and no connection uses, if there are any."""
    used = {
        slot
        for one in estate.connections.values()
        for slot in (
            *one.server_identities,
            *one.client_trusts,
            *one.client_identities,
            *one.server_trusts,
        )
    }
    touched = sorted({step.slot for step in steps if isinstance(step, (Switch, Load))} - used)
    if touched:
        evidence = {"slots": ", ".join(touched)}
        yield Finding(Code.UNCOVERED_SLOT, touched[0], evidence, Severity.WARNING)
