"""An Issue step inside a rollout: what arrived is journalled whole, so that the plan can go on from the journal."""

from __future__ import annotations

import base64
from collections.abc import Callable

from warifu.domain.estate import Estate, IdentityValue
from warifu.domain.findings import Finding, Severity
from warifu.domain.rotation.losses import is_only_losses, losses_of
from warifu.domain.rotation.progress import Progress
from warifu.domain.rotation.requests import RequestState
from warifu.domain.rotation.steps import Issue
from warifu.domain.x509 import Certificate, PrivateKey
from warifu.errors import CouldNotLookError, WaitingError
from warifu.ports.changes import (
    Fence,
    Remove,
)
from warifu.ports.clock import Clock
from warifu.workflows.apply import Done, Result, Stopped, Waits
from warifu.workflows.intray import InTray
from warifu.workflows.issue import Arrived, IssueDesk, issue_certificate
from warifu.workflows.requests import mark_installed


class Issuing:
    """Issues certificates for a rollout, hands out their keys, and tidies up at the end."""

    def __init__(self, estate: Estate, desk: IssueDesk, clock: Clock) -> None:
        self._estate = estate
        self._desk = desk
        self._clock = clock
        self._told: set[str] = set()
        self._tray = InTray(desk.store)

    def issue(self, step: Issue, progress: Progress, fence: Callable[[str], Fence]) -> Result:
        """Carry an Issue step as far as it goes now; what differs from the plan stops it.

        What lies among the answers and is none is told once, whether the certificate has come or not.
        """
        met: list[Finding] = []
        now = self._clock.now()
        try:
            arrived = issue_certificate(
                step,
                self._estate,
                self._desk,
                fence,
                now=now,
                tell=met.extend,
                tray=self._tray,
                present=_in_use(step, progress),
            )
        except WaitingError as waiting:
            values = {name: str(value) for name, value in waiting.values.items()}
            return Waits(waiting.code, values, self._news(met))
        if arrived.needs_approval:
            errors = tuple(finding for finding in arrived.findings if finding.severity is Severity.ERROR)
            return Stopped(errors, _why(arrived, errors))
        shown = {"fingerprints": arrived.leaf.fingerprint.hex}
        if arrived.accepted:
            shown["accepted"] = ", ".join(one.loss for one in arrived.accepted)
            shown["by"] = ", ".join(dict.fromkeys(one.by for one in arrived.accepted))
        lesser = [finding for finding in arrived.differences if finding.severity is not Severity.ERROR]
        return Done(shown, (_values(step, arrived),), remarks=self._news([*lesser, *met]))

    def _news(self, met: list[Finding]) -> tuple[Finding, ...]:
        """Return what was not told before: a wait looks at the same files again and again."""
        fresh = {repr(finding): finding for finding in met if repr(finding) not in self._told}
        self._told |= set(fresh)
        return tuple(fresh.values())

    def key_at(self, template: str, progress: Progress) -> PrivateKey | None:
        """Return the new key of a template, read where it was made; None when no certificate came for it.

        Raises:
            CouldNotLookError: `rollout.key-gone`: its certificate came and the key is not there any more.
        """
        event = progress.arrived.get(template)
        if event is None:
            return None
        node, path = event.values["key_node"], event.values["key_path"]
        seen = self._desk.host(node).read(path)
        if seen.kind != "file":
            raise CouldNotLookError("rollout.key-gone", path=path, node=node or "localhost")
        return PrivateKey.load_pem(seen.data)

    def tidy(self, progress: Progress, fence: Callable[[str], Fence]) -> None:
        """Note every request as installed and take its key out of the folder it was made in."""
        for event in progress.arrived.values():
            request = self._desk.store.get(event.values["request"])
            if request.state is RequestState.ISSUED:
                mark_installed(self._desk.store, request.id, now=self._clock.now())
            node = event.values["key_node"]
            if self._desk.far_key(node) is not None:
                continue  # it takes its keys away by itself
            self._desk.host(node).change([Remove(event.values["key_path"])], fence(node))


def _why(arrived: Arrived, errors: tuple[Finding, ...]) -> dict[str, str]:
    """Return why it stops; where losses alone stop it, what lets it go on."""
    if not is_only_losses(errors):
        return {"why": "rollout.bytes-differ"}
    return {
        "why": "rollout.losses-open",
        "request": arrived.request,
        "losses": ", ".join(losses_of(errors)),
    }


def _in_use(step: Issue, progress: Progress) -> tuple[Certificate, ...]:
    """Return the leaves that the plan found where the certificate goes: what it was proven from, not what is there now."""
    plan = progress.plan
    values = (value for slot in step.slots for value in plan.basis.get(slot, ()))
    leaves = dict.fromkeys(value.leaf for value in values if isinstance(value, IdentityValue))
    return tuple(
        Certificate(base64.b64decode(plan.certificates[leaf])) for leaf in leaves if leaf in plan.certificates
    )


def _values(step: Issue, arrived: Arrived) -> dict[str, str]:
    ders = (arrived.leaf.der, *(certificate.der for certificate in arrived.chain))
    return {
        "template": step.template.id,
        "leaf": arrived.leaf.fingerprint.hex,
        "chain": ",".join(certificate.fingerprint.hex for certificate in arrived.chain),
        "der": ",".join(base64.b64encode(der).decode("ascii") for der in ders),
        "request": arrived.request,
        "key_node": arrived.node,
        "key_path": arrived.key_path,
    }
