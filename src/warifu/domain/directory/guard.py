"""Whether a node holds a version that takes too much trust away at once.

An empty or much smaller set is a mistake more often than a wish: it is kept waiting, the last good set stays in use, and
somebody is told. It goes through when it names a plan that people approved, or when a trust administrator confirmed
exactly this version.
"""

from __future__ import annotations

from collections.abc import Collection

from warifu.domain.directory.model import Published
from warifu.domain.findings import Code, Finding
from warifu.domain.x509 import Sha256

AT_MOST = 3
"""One part in so many may leave at once; a third of three is one."""


def find_mass_removal(
    before: Published,
    after: Published,
    *,
    plans: Collection[str] = (),
    planned: Collection[Sha256] = (),
    confirmed: Collection[int] = (),
) -> tuple[Finding, ...]:
    """Return why a version is held; nothing where it may be followed.

    What goes into quarantine counts as gone: no node trusts it any more.

    Args:
        before: what the node follows now; of whatever version, so that several steps together count as one.
        plans: digests of approved plans, as this node knows them; who takes the signed bundle's word gives its own.
        planned: anchors that left by approved plans of versions in between: a node that slept through them is not held.
        confirmed: versions of this domain that a trust administrator confirmed.
    """
    was = {anchor.key for anchor in before.trusted}
    stays = {anchor.key for anchor in after.trusted}
    gone = was - stays - frozenset(planned)
    too_much = len(gone) * AT_MOST > len(was) or (bool(gone) and not stays)
    approved = bool(after.plan) and after.plan in plans
    if not too_much or approved or after.version in confirmed:
        return ()
    evidence = {
        "count": len(gone),
        "left": len(was & stays),
        "version": after.version,
        "removed": tuple(sorted(key.hex for key in gone)),
    }
    return (Finding(Code.MASS_REMOVAL_HELD, after.domain, evidence),)
