"""What a judgement may cost: hostile bags end, they never hang.

Work is counted, never timed, so that the same question has the same answer on every machine. What was left
undone is said: a verdict that had to stop is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from warifu.domain.findings import Finding
from warifu.domain.trust.signatures import Signatures
from warifu.domain.x509 import Certificate, OcspResponse, RevocationList


@dataclass(slots=True)
class Budget:
    """How much a search may cost; it says so when it had to stop.

    Args:
        signatures: signature checks (cryptography and rustls-webpki stop near 128 and 100).
        constraints: comparisons of a name with a constraint, on all paths together (2^20 in cryptography,
            250,000 in webpki).
        depth: certificates above the leaf (openssl allows 100, cryptography 8).
        steps: edges followed; bounds searches whose signatures are all known already.
        paths: candidate paths judged by every rule.
        unchecked: signatures that were not checked because none could be paid any more.
        compared: what came of a CA's constraints and the names of a certificate beneath it, by both: paths share it.
    """

    signatures: int = 128
    constraints: int = 250_000
    depth: int = 32
    steps: int = 4096
    paths: int = 1024
    unchecked: int = 0
    exhausted: bool = False
    compared: dict[tuple[str, str], tuple[Finding, ...]] = field(default_factory=dict)

    def portion(self) -> Budget:
        """Return what the next of many searches may cost, none more than one alone; `pay` then takes it from here."""
        one = Budget()
        return Budget(
            steps=min(one.steps, self.steps), paths=min(one.paths, self.paths), compared=self.compared
        )

    def pay(self, portion: Budget, left: Budget) -> None:
        """Take from this budget what a search spent of its portion."""
        self.steps -= portion.steps - left.steps
        self.paths -= portion.paths - left.paths

    def step(self) -> bool:
        """Pay for one edge; answer whether it could be paid."""
        self.steps -= 1
        self.exhausted = self.exhausted or self.steps < 0
        return not self.exhausted

    def judge(self) -> bool:
        """Pay for one path; answer whether it could be paid."""
        self.paths -= 1
        self.exhausted = self.exhausted or self.paths < 0
        return self.paths >= 0

    def compare(self, pairs: int) -> bool:
        """Pay for comparisons of names with constraints; answer whether they could be paid."""
        if pairs > self.constraints:
            self.exhausted = True
            return False
        self.constraints -= pairs
        return True

    def sign(
        self, checks: Signatures, child: Certificate | RevocationList | OcspResponse, issuer: Certificate
    ) -> bool:
        """Answer whether the signature holds; a check not done before is paid for."""
        before = checks.done
        if self.signatures <= 0:
            self.exhausted = True
            self.unchecked += 1
            return False
        holds = checks.holds(child, issuer)
        self.signatures -= checks.done - before
        return holds
