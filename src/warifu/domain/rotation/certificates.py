"""What stands above what: issuers and roots among the certificates at hand.

Every link is a signature that verified, looked for among the certificates of the issuer's
name, and remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field

from warifu.domain.estate import IdentityValue, Template
from warifu.domain.trust import LeafFacts, LeafTemplate, Signatures, leaf_facts, template_facts
from warifu.domain.trust.rules.extensions import LARGEST_SERIAL
from warifu.domain.trust.rules.names import faults_of_names
from warifu.domain.x509 import Certificate


@dataclass(slots=True)
class Memory:
    """What was worked out once and holds for every planning with the same certificates: keep it between calls.

    Args:
        signatures: which key signed what.
        facts: what is judged of each leaf, by SHA-256 hex.
        authorities: which of them are CAs.
        forms: numbers of what leaves have in common, see `form_of`; by leaf, its own.
        verdicts: path verdicts of the oracle.
        ground: what the last request came to, apart from engines' answers.
    """

    signatures: Signatures = field(default_factory=Signatures)
    facts: dict[str, LeafFacts] = field(default_factory=dict)
    verdicts: dict[Hashable, object] = field(default_factory=dict)
    ground: tuple[tuple[object, ...], object, object] | None = None
    forms: dict[Hashable, int] = field(default_factory=dict)
    form_of_leaf: dict[str, int] = field(default_factory=dict)
    authorities: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Note the CAs among the facts that are given."""
        self.authorities.update(name for name, facts in self.facts.items() if facts.is_ca)

    def keep(self, facts: LeafFacts) -> None:
        """Remember a leaf whose signer is known; without one it may be found when more certificates are known."""
        if facts.origin.signer:
            self.facts[facts.id] = facts
            if facts.is_ca:
                self.authorities.add(facts.id)
            self.form_of_leaf[facts.id] = self._number(facts)

    def form(self, facts: LeafFacts) -> int:
        """Return the number of what a leaf has in common with others."""
        known = self.form_of_leaf.get(facts.id)
        return self._number(facts) if known is None or facts.is_template else known

    def _number(self, facts: LeafFacts) -> int:
        return self.forms.setdefault(form_of(facts), len(self.forms))


def form_of(facts: LeafFacts) -> Hashable:
    """Return what verdicts depend on and many leaves have in common: all but names, serial number and dates."""
    origin, above = facts.origin, facts.origin.authority_key_id
    return (
        origin.issuer,
        origin.issuer_text,
        None if above is None else above.hex,
        origin.signer,
        facts.purposes,
        facts.key_usage,
        None if facts.key is None else (facts.key.algorithm, facts.key.bits, facts.key.curve),
        facts.signature_hash,
        facts.signature_scheme,
        facts.is_ca,
        facts.version,
        0 < facts.serial <= LARGEST_SERIAL,
        facts.unknown_critical,
        facts.unreadable,
        facts.id if facts.self_signed else "",
        facts.is_template,
        faults_of_names(facts),
        facts.critical,
        facts.constrains_names,
        facts.oddities,
        facts.is_undecided,
        origin.authority_form,
        origin.subject is None or bool(origin.subject.folded),
    )


class _Leaves(dict[str, LeafFacts | None]):
    """What is judged of each leaf or template; read when it is first asked for."""

    def __init__(self, read: Callable[[str], LeafFacts | None]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, leaf: str) -> LeafFacts | None:
        found = self[leaf] = self._read(leaf)
        return found


class Certificates:
    """Certificates by fingerprint, with their issuers.

    Args:
        templates: certificates that do not exist yet, by `template:` id.

    `leaves` are the facts of each leaf, as `facts` returns them, for those who ask for very many.
    """

    def __init__(
        self,
        known: Mapping[str, Certificate],
        templates: Mapping[str, Template] | None = None,
        memory: Memory | None = None,
    ) -> None:
        self.known = known
        self.templates = dict(templates or {})
        self.memory = memory or Memory()
        self.signatures = self.memory.signatures
        self._by_subject: dict[str, list[Certificate]] | None = None
        self._authorities: list[Certificate] | None = None
        self.leaves = _Leaves(self._read)
        self.leaves.update((leaf, facts) for leaf, facts in self.memory.facts.items() if leaf in known)
        self._roots: dict[str, frozenset[str]] = {}
        self._above: dict[tuple[str, str], frozenset[str]] = {}
        self._chains: dict[tuple[str, str], tuple[str, ...]] = {}

    def get(self, fingerprint: str) -> Certificate | None:
        """Return a certificate by its SHA-256 hex."""
        return self.known.get(fingerprint)

    def all_of(self, fingerprints: tuple[str, ...]) -> tuple[Certificate, ...]:
        """Return the certificates that are at hand, in order."""
        return tuple(self.known[item] for item in fingerprints if item in self.known)

    def issuing(self, subject: str) -> list[Certificate]:
        """Return the CA certificates of a (folded) name."""
        if self._by_subject is None:
            self._by_subject = {}
            for certificate in self.authorities():
                self._by_subject.setdefault(certificate.subject.folded, []).append(certificate)
        return self._by_subject.get(subject, [])

    def authorities(self) -> list[Certificate]:
        """Return the CA certificates."""
        if self._authorities is None:
            unread = self.known.keys() - self.memory.facts.keys()
            found = {name for name in unread if self.known[name].may_be_ca and self.known[name].is_ca}
            found |= self.memory.authorities
            self._authorities = [one for name, one in self.known.items() if name in found]
        return self._authorities

    def facts(self, leaf: str) -> LeafFacts | None:
        """Return what is judged of a leaf or template; None when it is not at hand."""
        return self.leaves[leaf]

    def _read(self, leaf: str) -> LeafFacts | None:
        template = self.templates.get(leaf)
        if template is not None:
            above = self.known.get(template.issuers[0].hex) if template.issuers else None
            if above is None:
                return None
            return template_facts(
                LeafTemplate(
                    template.id,
                    above,
                    template.names,
                    template.purposes,
                    template.key,
                    template.not_before,
                    template.lifetime,
                    template.subject,
                )
            )
        certificate = self.known.get(leaf)
        if certificate is None:
            return None
        facts = leaf_facts(certificate, self.issuing(certificate.issuer.folded), self.signatures)
        self.memory.keep(facts)
        return facts

    def roots_of(self, value: IdentityValue) -> frozenset[str]:
        """Return every certificate (SHA-256 hex) that some chain of known certificates above the leaf holds."""
        facts = self.leaves[value.leaf]
        if facts is None:
            return frozenset()
        key = (facts.origin.issuer, facts.origin.signer)
        known = self._above.get(key)
        if known is None:
            found: set[str] = set()
            for issuer in self.issuing(facts.origin.issuer):
                if issuer.public_key is not None and issuer.public_key.sha256.hex == facts.origin.signer:
                    found |= self.above(issuer)
            known = self._above[key] = frozenset(found)
        return known

    def above(self, certificate: Certificate) -> frozenset[str]:
        """Return a CA and every CA above it (SHA-256 hex)."""
        name = certificate.fingerprint.hex
        if name not in self._roots:
            self._roots[name] = frozenset({name})  # ends circles of cross-signatures
            found = {name}
            for issuer in self.issuing(certificate.issuer.folded):
                if issuer != certificate and self.signatures.holds(certificate, issuer):
                    found |= self.above(issuer)
            self._roots[name] = frozenset(found)
        return self._roots[name]

    def chain_for(self, leaf: str) -> tuple[str, ...]:
        """Return the intermediates to send with a leaf: the shortest way up, without the root."""
        facts = self.facts(leaf)
        if facts is None:
            return ()
        key = (facts.origin.issuer, facts.origin.signer)
        known = self._chains.get(key)
        if known is None:
            known = self._chains[key] = self._chain_from(*key)
        return known

    def _chain_from(self, name: str, signer: str) -> tuple[str, ...]:
        queue: list[tuple[Certificate, tuple[str, ...]]] = [
            (issuer, ())
            for issuer in self.issuing(name)
            if issuer.public_key is not None and issuer.public_key.sha256.hex == signer
        ]
        seen: set[str] = set()
        for certificate, below in queue:
            name = certificate.fingerprint.hex
            if certificate.is_self_issued:
                return below
            if name in seen:
                continue
            seen.add(name)
            queue += [
                (issuer, (*below, name))
                for issuer in self.issuing(certificate.issuer.folded)
                if issuer != certificate and self.signatures.holds(certificate, issuer)
            ]
        return ()
