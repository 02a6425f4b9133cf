"""The server's own CAs and certificate: made at first start, renewed in time, rotated without locking anybody out.

A new CA is published in the control domain first; only when every node has it does the server sign with it. The control
domain never loses the CA in use.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from warifu.domain.directory import Published
from warifu.domain.directory.model import CONTROL
from warifu.domain.directory.publish import PublishWish, decide_publication
from warifu.domain.directory.roles import Act, demand
from warifu.domain.x509 import Certificate, RevocationList, Sha256
from warifu.errors import RefusedError
from warifu.ports.bundles import BundleSigner
from warifu.ports.identities import ControlKeys, CrlOrder, IdentityIssuer, Withdrawn
from warifu.ports.node_books import NodeState
from warifu.ports.registry import Books, Registry
from warifu.workflows.acting import SERVER, Actor
from warifu.workflows.audit_desk import record
from warifu.workflows.published import keep_decision, version_of

CA_LIFE: Final = timedelta(days=3650)
SERVER_LIFE: Final = timedelta(days=90)
CRL_LIFE: Final = timedelta(days=30)
LAST_DAYS: Final = timedelta(days=1)
"""A CA that ends so soon signs nothing any more."""
SKEW: Final = timedelta(hours=1)
"""How far back a certificate begins: clocks of nodes may be behind."""
ROTATE: Final = "rotate-ca"
_NAMES: Final = "control.server-names"


class CaUse(StrEnum):
    """What a CA of the server signs."""

    SERVER = "server"
    AGENTS = "agents"


@dataclass(frozen=True, slots=True)
class ControlDesk:
    """Use cases of the server's CAs."""

    registry: Registry
    signer: BundleSigner
    keys: ControlKeys
    issuer: IdentityIssuer

    def prepare(self, actor: Actor, use: CaUse, *, now: datetime) -> Certificate:
        """Make the next CA of a use and publish it in the control domain; nothing is signed with it yet.

        Raises:
            RefusedError: `directory.not-allowed`, `registry.ca-prepared`: one is waiting already.
        """
        demand(actor.roles, Act.PUBLISH)
        made = make_ca(self.keys, use, now=now)
        with self.registry.change() as books:
            if books.about.find(_next_key(use)):
                raise RefusedError("registry.ca-prepared", use=use)
            books.about.put(_next_key(use), made.fingerprint.hex)
            publish_control(books, self.signer, actor.name, (made,), now=now)
            told = {"use": use, "ca": made.fingerprint}
            record(books, actor.name, ROTATE, made.fingerprint.hex, told, now=now)
        return made

    def switch(self, actor: Actor, use: CaUse, *, waived: Collection[str] = (), now: datetime) -> Sha256:
        """Sign with the prepared CA from now on; of the server's CA, renew the server's certificate with it.

        Args:
            waived: nodes that may not have the new CA yet, left out by name.

        Raises:
            RefusedError: `directory.not-allowed`, `registry.ca-not-prepared`, `registry.ca-not-everywhere` with the nodes
                that have not confirmed a version of the control domain with the new CA.
        """
        demand(actor.roles, Act.PUBLISH)
        with self.registry.change() as books:
            found = books.about.find(_next_key(use))
            if not found:
                raise RefusedError("registry.ca-not-prepared", use=use)
            ca = Sha256(found)
            lacking = sorted(set(nodes_without(books, ca)) - set(waived))
            if lacking:
                raise RefusedError("registry.ca-not-everywhere", use=use, nodes=lacking)
            books.about.put(_next_key(use), "")
            books.about.put(_current_key(use), ca.hex)
            if use is CaUse.AGENTS:
                _add_agents_ca(books, ca)
                publish_crls(books, self.signer, self.issuer, now=now)
            else:
                self.keys.renew_server(ca, server_names(books), begins=now - SKEW, ends=now + SERVER_LIFE)
            told = {"use": use, "waived": sorted(waived)}
            record(books, actor.name, ROTATE, ca.hex, told, now=now)
        return ca

    def renew_server(self, *, names: Sequence[str] = (), now: datetime) -> Certificate:
        """Renew the server's certificate with a new key; asked for on the server itself, at any time.

        Where the CA itself is over, or nearly so, a new one is made and published first: nodes learn it from the signed
        bundle, whether or not their TLS still holds.

        Args:
            names: the names it is to have from now on; empty keeps those it has.
        """
        with self.registry.change() as books:
            self._replace_ended_ca(books, now)
            return renew_server(books, self.keys, names, now=now)

    def _replace_ended_ca(self, books: Books, now: datetime) -> None:
        present = current_ca(books, CaUse.SERVER)
        anchor = version_of(books, CONTROL).find(present)
        if anchor is not None and anchor.certificate.not_after > now + LAST_DAYS:
            return
        made = make_ca(self.keys, CaUse.SERVER, now=now)
        publish_control(books, self.signer, SERVER, (made,), now=now)
        books.about.put(_current_key(CaUse.SERVER), made.fingerprint.hex)
        told = {"use": CaUse.SERVER, "ca": made.fingerprint, "instead_of": present}
        record(books, SERVER, ROTATE, made.fingerprint.hex, told, now=now)

    def upkeep(self, *, now: datetime) -> tuple[str, ...]:
        """Do what is due: the server's certificate in the last third of its life, CRLs likewise.

        Returns:
            What was done: `server`, `crls`.
        """
        done = []
        with self.registry.change() as books:
            shown = self.keys.server()
            if shown is None or _is_due(shown.not_before, shown.not_after, now):
                renew_server(books, self.keys, (), now=now)
                done.append("server")
            if any(_crl_is_due(books, ca, now) for ca in agents_cas(books)):
                publish_crls(books, self.signer, self.issuer, now=now)
                done.append("crls")
        return tuple(done)


def ca_name(use: CaUse, now: datetime) -> str:
    """Return the common name of a CA made now: another one each second, so that names tell CAs apart."""
    return f"Warifu {use} CA {now:%Y%m%dT%H%M%SZ}"


def make_ca(keys: ControlKeys, use: CaUse, *, now: datetime) -> Certificate:
    """Make a CA with its key; nobody knows of it yet."""
    return keys.make_ca(ca_name(use, now), begins=now - SKEW, ends=now + CA_LIFE)


def current_ca(books: Books, use: CaUse) -> Sha256:
    """Return the CA that signs now.

    Raises:
        RefusedError: `registry.not-set-up`.
    """
    found = books.about.find(_current_key(use))
    if not found:
        raise RefusedError("registry.not-set-up")
    return Sha256(found)


def begin_cas(
    books: Books, signer: BundleSigner, server: Certificate, agents: Certificate, *, now: datetime
) -> None:
    """Take the first two CAs into use, published in the control domain, in the transaction at hand."""
    books.about.put(_current_key(CaUse.SERVER), server.fingerprint.hex)
    books.about.put(_current_key(CaUse.AGENTS), agents.fingerprint.hex)
    _add_agents_ca(books, agents.fingerprint)
    publish_control(books, signer, SERVER, (server, agents), now=now)


def renew_server(books: Books, keys: ControlKeys, names: Sequence[str], *, now: datetime) -> Certificate:
    """Renew the server's certificate in the transaction at hand; see `ControlDesk.renew_server`."""
    if names:
        books.about.put(_NAMES, json.dumps(sorted(set(names))))
    ca = current_ca(books, CaUse.SERVER)
    made = keys.renew_server(ca, server_names(books), begins=now - SKEW, ends=now + SERVER_LIFE)
    told = {"certificate": made.fingerprint, "not_after": made.not_after, "names": server_names(books)}
    record(books, SERVER, Act.RENEW_SERVER, "server", told, now=now)
    return made


def server_names(books: Books) -> tuple[str, ...]:
    """Return the names that the server's certificate has."""
    return tuple(json.loads(books.about.find(_NAMES) or "[]"))


def publish_control(
    books: Books, signer: BundleSigner, actor: str, certificates: Sequence[Certificate], *, now: datetime
) -> None:
    """Publish CAs in the control domain, in the transaction at hand.

    Raises:
        RefusedError: `registry.control-refused`, with the reasons.
    """
    _publish(books, signer, actor, PublishWish(certificates=tuple(certificates)), now)


def publish_crls(books: Books, signer: BundleSigner, issuer: IdentityIssuer, *, now: datetime) -> None:
    """Publish a new CRL of each CA of agents' identities, in the transaction at hand."""
    crls = tuple(_sign_crl(books, issuer, ca, now) for ca in agents_cas(books))
    if crls:  # a clock that was put back keeps nothing from being revoked
        _publish(books, signer, SERVER, PublishWish(crls=crls), max(now, *(crl.this_update for crl in crls)))


def agents_cas(books: Books) -> tuple[Certificate, ...]:
    """Return the CAs of agents' identities that the control domain trusts, old ones included."""
    known = set(json.loads(books.about.find(_AGENTS_CAS) or "[]"))
    trusted = version_of(books, CONTROL).trusted
    return tuple(anchor.certificate for anchor in trusted if anchor.key.hex in known)


def receipt_kind(domain: str) -> str:
    """Return the kind of report by which a node confirms a version of a domain; its number is the version."""
    return f"receipt/{domain}"


def nodes_without(books: Books, anchor: Sha256, domain: str = CONTROL) -> tuple[str, ...]:
    """Return the nodes that have not confirmed a version of a domain since an anchor is in it."""
    since = _since(books, anchor, domain)
    confirmed = {report.node: report.number for report in books.reports.of_kind(receipt_kind(domain))}
    joined = (node.name for node in books.nodes.nodes() if node.state is NodeState.JOINED)
    return tuple(name for name in joined if confirmed.get(name, 0) < since)


def check_kept(books: Books, present: Published, keys: Collection[Sha256], *, now: datetime) -> None:
    """Return when the control domain can do without these anchors.

    Raises:
        RefusedError: `registry.ca-in-use`: the server signs with it, or identities beneath it are alive.
    """
    if present.domain != CONTROL:
        return
    used = {books.about.find(_current_key(use)) for use in CaUse}
    for key in keys:
        if key.hex in used or _has_identities(books, key, now):
            raise RefusedError("registry.ca-in-use", ca=key.hex)


_AGENTS_CAS: Final = "control.agents-cas"


def _current_key(use: CaUse) -> str:
    return f"control.{use}-ca"


def _next_key(use: CaUse) -> str:
    return f"control.{use}-ca-next"


def _add_agents_ca(books: Books, ca: Sha256) -> None:
    known = set(json.loads(books.about.find(_AGENTS_CAS) or "[]"))
    books.about.put(_AGENTS_CAS, json.dumps(sorted({*known, ca.hex})))


def _publish(books: Books, signer: BundleSigner, actor: str, wish: PublishWish, now: datetime) -> None:
    decision = decide_publication(version_of(books, CONTROL), wish, now=now)
    if decision.after is None:
        found = sorted({str(finding.code) for finding in decision.all_findings})
        raise RefusedError("registry.control-refused", findings=found)
    keep_decision(books, signer, actor, Act.PUBLISH, decision, now=now)


def _sign_crl(books: Books, issuer: IdentityIssuer, ca: Certificate, now: datetime) -> RevocationList:
    before = _crl_of(version_of(books, CONTROL), ca)
    at = now if before is None else max(now, before.this_update)
    number = max(0 if before is None else before.number or 0, books.about.generation()) + 1
    beneath = (
        one for one in books.revocations.revoked(alive_at=now) if one.certificate.issuer.der == ca.subject.der
    )
    withdrawn = tuple(Withdrawn(one.certificate.serial, one.revoked or now) for one in beneath)
    return issuer.list_withdrawn(ca.fingerprint, CrlOrder(number, at, at + CRL_LIFE, withdrawn))


def _crl_of(published: Published, ca: Certificate) -> RevocationList | None:
    return next((crl for crl in published.crls if crl.issuer_der == ca.subject.der), None)


def _crl_is_due(books: Books, ca: Certificate, now: datetime) -> bool:
    crl = _crl_of(version_of(books, CONTROL), ca)
    return crl is None or crl.next_update is None or _is_due(crl.this_update, crl.next_update, now)


def _is_due(begins: datetime, ends: datetime, now: datetime) -> bool:
    return now >= ends - (ends - begins) / 3


def _since(books: Books, anchor: Sha256, domain: str) -> int:
    """Return the first version of a domain since which an anchor has been in every one."""
    since = version_of(books, domain).version
    for head in books.directory.history(domain, most=1_000_000):
        published = books.directory.find(domain, head.version)
        if published is None or published.find(anchor) is None:
            break
        since = head.version
    return since


def _has_identities(books: Books, ca: Sha256, now: datetime) -> bool:
    found = version_of(books, CONTROL).find(ca)
    if found is None:
        return False
    subject = found.certificate.subject.der
    alive = (
        one
        for node in books.nodes.nodes()
        for one in books.identities.of(node.name)
        if one.revoked is None and one.certificate.not_after > now
    )
    return any(one.certificate.issuer.der == subject for one in alive)
