"""Many leaves in one file: what makes one a pile, where each stands in it, and what is said of each by itself."""

from __future__ import annotations

from collections.abc import Sequence

from warifu.domain.sweep.splitting import certificates_of, form_of
from warifu.domain.trust import Context, Profile, Verdict
from warifu.domain.trust.leaves import LeafJudge
from warifu.domain.x509 import Certificate, Reading
from warifu.ports.verifiers import Verifier
from warifu.workflows.chains import Presented, join_engines

MANY = 100
"""More leaves than anybody puts into the file of one identity by mistake."""


def leaves_of(reading: Reading, profile: Profile) -> int:
    """Return how many different leaves a file holds; 0 where one of them is the file's own, or all are trusted."""
    if reading.keys or reading.encrypted_keys or profile.kind == "trust-store":
        return 0
    return sum(not one.is_ca for one in dict.fromkeys(reading.certificates))


def places_of(data: bytes) -> dict[bytes, int]:
    """Return where each certificate of a file stands first, by its DER, as far as that is plain."""
    form = form_of(data)
    listed = certificates_of(form, data) if form else None
    return {der: place for place, der in reversed(listed or [])}


def judge_leaves(
    leaves: Sequence[Certificate],
    judge: LeafJudge,
    anchors: tuple[Certificate, ...],
    engines: Sequence[Verifier],
    context: Context,
) -> tuple[Verdict, ...]:
    """Return the verdicts on leaves of a pile, with what engines say where some are to be asked."""
    ours = judge.judge(leaves)
    if not engines:
        return ours
    sent = [Presented((leaf, *judge.above(leaf)), context.name) for leaf in leaves]
    return join_engines(ours, sent, anchors, engines, context)
